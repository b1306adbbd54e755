"""The hierarchical choice model: utilities that differ by region, as far as the region has said so.

A person in region r and period t picks option j of those offered with probability softmax(a_rj + x_rjtᵀ b_r), and the
region's θ_r = (a_r, b_r) ~ Student-t(Γᵀ z_r, Σ): what is known of the region says where to begin, the network says how
far regions stray, and the few that lie far out are pulled back less (a scale per region; Lange, Little & Taylor,
"Robust statistical modeling using the t distribution", JASA 84, 1989). Choices of one region and period are more alike
than independent ones: counts ~ Dirichlet-multinomial(N, p, ρ), so that each weighs 1 / (1 + (N − 1) ρ). Γ, Σ and ρ are
found by empirical Bayes: Laplace approximation per region and EM over regions. Compare Rossi, Allenby & McCulloch,
"Bayesian Statistics and Marketing", 2005, ch. 5, whose sampler answers the same question, and Montgomery, "Creating
micro-marketing pricing strategies using supermarket scanner data", Marketing Science 16, 1997, the store-level model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glocal.demand.dirichlet import UNMEASURED_RHO, Floats
from glocal.demand.drift import Drift
from glocal.demand.overdispersion import fit_rho
from glocal.demand.panel import Bools, Ints, Panel, require_choices
from glocal.demand.usual import USUAL_DEVIATION, usual_of

SWEEPS = 8  # of (regions, Γ, Σ): what more would fit of Σ is noise, later weeks are foretold no better for it
RHO_SWEEPS = (2,)  # and the last: ρ hardly moves and is dear to find
TAIL_SWEEP = 2  # from here on each region has its own scale: before, Γ and Σ are too rough to say who is an outlier
TAIL_FREEDOM = 10.0  # degrees of freedom of the Student-t of regions
NEWTON_STEPS = 3  # per sweep; the sweeps go on from where the last one ended
# Σ before anything is known: utilities differ by about ±0.1 (10 % in odds), ±0.2 or ±0.5 between regions. Which of the
# three is right cannot be told from a little data by likelihood alone: :func:`fit_validated` asks the latest periods.
FIRST_VARIANCES = (0.01, 0.04, 0.25, 2.0)
# Σ's prior weighs as much as three regions (an inverse Wishart that keeps Σ invertible); of R regions fewer than the P
# utilities, as P/R times that: one region's own direction would else pass for the way in which all differ.
PRIOR_REGIONS = 3.0
LARGEST_STEP = 4.0
CHUNK_ROWS = 8192  # rows whose matrices are in memory at once


@dataclass(frozen=True, slots=True)
class ChoiceModel:
    """What was learnt.

    Parameters
    ----------
    gamma : (Q+1, P) float
        Γ, the constant first.
    gamma_covariance : ((Q+1)·P, (Q+1)·P) float
        Its uncertainty, in row-major order.
    sigma : (P, P) float
    rho : float
        Over-dispersion of a region and period.
    theta : (R, P) float
        Each region's mode.
    covariance : (R, P, P) float
        Its uncertainty, given Γ and Σ.
    tightness : (R,) float
        By how much each region's prior precision is more than Σ⁻¹: 1 on average, near 0 for one that lies far out.
    drift : Drift or None
        Where the taste that all share has moved to; None where a validation saw no gain in following it.
    between : (R, P, P) float or None
        Of an average of models: how far they lie apart, beyond ``covariance``.
    """

    gamma: Floats
    gamma_covariance: Floats
    sigma: Floats
    rho: float
    theta: Floats
    covariance: Floats
    tightness: Floats
    drift: Drift | None = None
    between: Floats | None = None

    def now(self) -> Floats:
        """Return each region's mode with the trend in it, (R, P)."""
        return self.theta if self.drift is None else self.theta + lifted(self.drift.level, self.theta.shape[1])

    def prior_mean(self, z: Floats) -> Floats:
        """Return what is expected of regions of which only the covariates are known, (…, P)."""
        return np.asarray(with_constant(z) @ self.gamma)

    def prior_covariance(self, z: Floats) -> Floats:
        """Return Σ plus the uncertainty of Γ for one region's covariates, (P, P)."""
        size = self.gamma.shape[1]
        lift = np.kron(with_constant(z[None])[0], np.eye(size))
        return np.asarray(self.sigma + lift @ self.gamma_covariance @ lift.T)


def with_constant(z: Floats) -> Floats:
    """Return covariates with a leading 1, (R, Q+1)."""
    return np.concatenate([np.ones((len(z), 1)), z], axis=1)


def lifted(level: Floats, size: int) -> Floats:
    """Return a drift of the J−1 contrasts as a move of θ, (P,): features do not drift."""
    return np.concatenate([level, np.zeros(size - len(level))])


def fit_choices(
    panel: Panel,
    *,
    sweeps: int = SWEEPS,
    first_variance: float = FIRST_VARIANCES[1],
    memory: float = 1.0,
    even: bool = False,
) -> ChoiceModel:
    """Learn from a panel of choices.

    Parameters
    ----------
    panel : Panel
        ``z`` standardised. Regions without choices get what their covariates and the network say.
    sweeps : int
        Rounds of (regions, Γ, Σ, ρ).
    first_variance : float
        Variance of each utility between regions before anything is known.
    memory : float
        λ: a choice made n periods before the last weighs λⁿ.
    even : bool
        Let each choice weigh alike, with as much evidence in all: right where a busy period only holds more choices
        and not more of one crowd.

    Raises
    ------
    TooLittleData
        With a single option or without any choice.
    """
    require_choices(panel)
    design, starts, z = panel.design(), panel.starts(), with_constant(panel.z)
    totals = panel.counts.sum(axis=1)
    regions, size = len(panel.regions), design.shape[2]
    sigma = np.eye(size) * first_variance
    measured = bool((np.bincount(panel.region[totals > 0], minlength=1) > 1).any())
    rho = 0.0 if measured else UNMEASURED_RHO
    gamma = np.zeros((z.shape[1], size))
    gamma[0] = pooled(panel, design)
    theta = z @ gamma
    rows = Rows(design, panel.offered, panel.counts, starts)
    recent = memory ** (panel.period.max() - panel.period).astype(float)
    tightness, usual, apart_usual = np.ones(regions), usual_of(panel), USUAL_DEVIATION**2
    held = PRIOR_REGIONS * max(1.0, size / regions)
    for sweep in range(sweeps):
        weight = recent * evidence_weight(totals, rho, even=even)
        prior: Floats = np.asarray(np.linalg.inv(sigma))
        priors = tightness[:, None, None] * prior
        at_mode = _newton(rows, weight, theta, priors=priors, mean=z @ gamma)
        network = usual.precision(apart_usual)
        gamma, gamma_covariance = _regress(z, theta, at_mode, prior=prior, priors=priors, usual=network)
        apart_usual = usual.variance(gamma[0], gamma_covariance[:size, :size], apart_usual)
        covariance = at_mode.covariance
        apart = theta - z @ gamma
        spread = (apart * tightness[:, None]).T @ apart + np.tensordot(tightness, covariance, axes=1)
        sigma = (spread + held * first_variance * np.eye(size)) / (regions + held)
        if sweep >= TAIL_SWEEP:
            tightness = tightness_of(apart, covariance, np.asarray(np.linalg.inv(sigma)))
        if measured and (sweep in RHO_SWEEPS or sweep == sweeps - 1):
            rho = fit_rho(panel.counts, probabilities(design, panel.offered, theta[panel.region]))
    return ChoiceModel(gamma, gamma_covariance, sigma, rho, theta, covariance, tightness)


def evidence_weight(totals: Floats, rho: float, *, even: bool) -> Floats:
    """Return what each choice of a row weighs, (T,): 1/(1+(N−1)ρ), or ``even`` the average of that over all choices."""
    weight = 1.0 / (1.0 + np.maximum(totals - 1.0, 0.0) * rho)
    return np.full_like(weight, (weight * totals).sum() / totals.sum()) if even else weight


def tightness_of(apart: Floats, covariance: Floats, prior: Floats) -> Floats:
    """Return the expected scale of each region's prior under a Student-t, (R,): (ν + P) / (ν + E[dᵀ Σ⁻¹ d])."""
    far = np.einsum("rp,pq,rq->r", apart, prior, apart, optimize=True) + np.tensordot(covariance, prior, axes=2)
    return np.asarray((TAIL_FREEDOM + len(prior)) / (TAIL_FREEDOM + far))


def probabilities(design: Floats, offered: Bools, theta: Floats) -> Floats:
    """Return the choice probabilities of each row, (T, J).

    Parameters
    ----------
    design : (T, J, P) float
    offered : (T, J) bool
    theta : (T, P) or (P,) float
    """
    utility = design @ theta if theta.ndim == 1 else np.matmul(design, theta[:, :, None])[:, :, 0]
    utility = np.where(offered, utility, -np.inf)
    odds = np.exp(utility - utility.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def score(design: Floats, counts: Floats, p: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return the information matrix and the gradient of some rows' log-likelihood, (P, P) and (P,)."""
    size = design.shape[2]
    expected = weight * counts.sum(axis=1)
    flat = design.reshape(-1, size)
    gradient = flat.T @ ((counts - counts.sum(axis=1, keepdims=True) * p) * weight[:, None]).ravel()
    centred = (design - np.matmul(p[:, None, :], design)).reshape(-1, size)
    return (centred * (p * expected[:, None]).reshape(-1, 1)).T @ centred, gradient


def pooled(panel: Panel, design: Floats) -> Floats:
    """Return the one θ that describes all regions together, by Newton with a trace of ridge."""
    theta = np.zeros(design.shape[2])
    total = max(float(panel.counts.sum()), 1.0)
    weight = np.full(len(design), 1.0)
    for _ in range(25):
        p = probabilities(design, panel.offered, theta)
        information, gradient = score(design, panel.counts, p, weight)
        ridge = 1e-6 * total + 0.1
        step: Floats = np.asarray(np.linalg.solve(information + ridge * np.eye(len(theta)), gradient - ridge * theta))
        theta = theta + shortened(step)
        if np.abs(step).max() < 1e-6:
            break
    return theta


@dataclass(frozen=True, slots=True)
class Rows:
    """The data of all regions: (T, J, P) design, (T, J) offered and counts, (R+1,) where each region begins."""

    design: Floats
    offered: Bools
    counts: Floats
    starts: Ints


@dataclass(frozen=True, slots=True)
class AtMode:
    """Posterior covariance (R, P, P), information (R, P, P) and gradient (R, P) of each region at its mode."""

    covariance: Floats
    information: Floats
    gradient: Floats


def _newton(rows: Rows, weight: Floats, theta: Floats, *, priors: Floats, mean: Floats) -> AtMode:
    """Move each region's θ towards its mode, in place, and say how sharp the mode is."""
    for step in range(NEWTON_STEPS + 1):
        information, gradient = scores(rows, theta, weight)
        covariance: Floats = np.asarray(np.linalg.inv(information + priors))
        pull = gradient - np.matmul(priors, (theta - mean)[:, :, None])[:, :, 0]
        move = shortened(np.matmul(covariance, pull[:, :, None])[:, :, 0])
        if step == NEWTON_STEPS or np.abs(move).max() < 1e-6:
            break
        theta += move
    return AtMode(covariance, information, gradient)


def shortened(step: Floats) -> Floats:
    """Return steps (…, P) of the same direction, none of whose parts is longer than the longest allowed."""
    longest = np.abs(step).max(axis=-1, keepdims=True)
    return np.asarray(step * np.minimum(1.0, LARGEST_STEP / np.maximum(longest, 1e-300)))


def scores(rows: Rows, theta: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return every region's information matrix (R, P, P) and gradient (R, P) at its θ."""
    regions, size = theta.shape
    information, gradient = np.zeros((regions, size, size)), np.zeros((regions, size))
    of_row = np.repeat(np.arange(regions), np.diff(rows.starts))
    for begin in range(0, len(of_row), CHUNK_ROWS):
        part = slice(begin, begin + CHUNK_ROWS)
        design, counts, region = rows.design[part], rows.counts[part], of_row[part]
        p = probabilities(design, rows.offered[part], theta[region])
        totals = counts.sum(axis=1, keepdims=True)
        centred = design - np.matmul(p[:, None, :], design)
        scaled = centred * (p * totals * weight[part, None])[:, :, None]
        heads = np.flatnonzero(np.diff(region, prepend=-1))
        each = np.matmul(np.swapaxes(centred, 1, 2), scaled)
        information[region[heads]] += np.add.reduceat(each, heads)
        left = (counts - totals * p) * weight[part, None]
        gradient[region[heads]] += np.add.reduceat(np.matmul(left[:, None, :], design)[:, 0], heads)
    return information, gradient


def _regress(
    z: Floats, theta: Floats, at_mode: AtMode, *, prior: Floats, priors: Floats, usual: Floats
) -> tuple[Floats, Floats]:
    """Return Γ and its covariance by generalised least squares over regions.

    With P a region's prior precision and V its posterior covariance, its marginal precision is J = P − P V P and its
    share of the right-hand side P V (H θ̂ + ∇). The covariates' rows are shrunk: a priori all of them together explain
    as much as Σ; the network's own row by ``usual``, (P, P), so that what nobody has chosen yet is not impossible.
    """
    size, known = len(prior), z.shape[1]
    lift = priors @ at_mode.covariance
    marginal = priors - lift @ priors
    pulled = at_mode.information @ theta[:, :, None] + at_mode.gradient[:, :, None]
    target = (lift @ pulled)[:, :, 0]
    left = np.einsum("rq,rs,rpo->qpso", z, z, marginal).reshape(known * size, known * size)
    right = np.einsum("rq,rp->qp", z, target).ravel()
    shrink = np.zeros((known, known))
    shrink[range(1, known), range(1, known)] = max(known - 1, 1)
    left += np.kron(shrink, prior) + 1e-9 * np.eye(known * size)
    left[:size, :size] += usual
    inverse = np.linalg.inv(left)
    return (inverse @ right).reshape(known, size), inverse
