"""All models of the shop, for Django; the code imports each from its own noun."""

from glocal.shop.accounts.models import KeptLink
from glocal.shop.commons.models import CapacityOffer, CommonsEntry
from glocal.shop.demand.models import Choice, DemandTerms, LearntPreferences, RegionalOffer, VoiceSalt
from glocal.shop.effects.models import Effect
from glocal.shop.embedding.models import EmbeddingSite
from glocal.shop.jobs.models import Job
from glocal.shop.legal.models import Manufacturer, OrderPapers
from glocal.shop.makers.models import Maker, MakerMachine, PrinterConnection, Spool
from glocal.shop.messages.models import OrderMessage
from glocal.shop.orders.models import Order, OrderEvent, Piece
from glocal.shop.outcomes.models import EnvelopePoint, JobOutcome, LearntFactors
from glocal.shop.parts.models import BuiltPart, PartCheck
from glocal.shop.payments.models import BookingEntry, HostedPayment, HostedRefund, OrderPayment, PaymentTerms
from glocal.shop.people.models import MakerInvitation, SignInTries
from glocal.shop.products.models import Product, ProductChange
from glocal.shop.quotes.models import QuoteRecord
from glocal.shop.sessions.models import Comment, DesignSession, Proposal, Revision, SessionEvent, SessionNotice
from glocal.shop.shops.models import OfferedMaterial, Shop
from glocal.shop.wishes.models import Wish
from glocal.shop.workers.models import Worker

__all__ = [
    "BookingEntry",
    "BuiltPart",
    "CapacityOffer",
    "Choice",
    "Comment",
    "CommonsEntry",
    "DemandTerms",
    "DesignSession",
    "Effect",
    "EmbeddingSite",
    "EnvelopePoint",
    "HostedPayment",
    "HostedRefund",
    "Job",
    "JobOutcome",
    "KeptLink",
    "LearntFactors",
    "LearntPreferences",
    "Maker",
    "MakerInvitation",
    "MakerMachine",
    "Manufacturer",
    "OfferedMaterial",
    "Order",
    "OrderEvent",
    "OrderMessage",
    "OrderPapers",
    "OrderPayment",
    "PartCheck",
    "PaymentTerms",
    "Piece",
    "PrinterConnection",
    "Product",
    "ProductChange",
    "Proposal",
    "QuoteRecord",
    "RegionalOffer",
    "Revision",
    "SessionEvent",
    "SessionNotice",
    "Shop",
    "SignInTries",
    "Spool",
    "VoiceSalt",
    "Wish",
    "Worker",
]
