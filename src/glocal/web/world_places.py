"""Where countries lie, roughly (the middle of where most people live, whole degrees), for a small map."""

from __future__ import annotations

_PLACES = """
AE 24 54, AF 34 68, AL 41 20, AM 40 45, AO -10 15, AR -34 -62, AT 48 15, AU -33 147, AZ 40 48, BA 44 18, BD 24
90, BE 51 4, BF 12 -2, BG 43 25, BI -3 30, BJ 7 2, BO -17 -65, BR -19 -46, BW -24 26, BY 54 28, CA 46 -77, CD
-4 22, CF 5 19, CG -4 14, CH 47 8, CI 7 -5, CL -34 -71, CM 5 11, CN 32 114, CO 5 -75, CR 10 -84, CU 22 -80, CY
35 33, CZ 50 15, DE 51 10, DJ 12 43, DK 56 11, DO 19 -70, DZ 36 4, EC -2 -79, EE 59 26, EG 30 31, ER 15 39, ES
40 -4, ET 9 39, FI 61 25, FR 47 3, GA 0 11, GB 52 -1, GE 42 44, GH 7 -1, GM 13 -16, GN 10 -11, GR 38 23, GT 15
-91, GW 12 -15, HK 22 114, HN 15 -87, HR 45 16, HT 19 -72, HU 47 19, ID -7 110, IE 53 -7, IL 32 35, IN 23 79,
IQ 33 44, IR 34 52, IS 64 -21, IT 43 12, JM 18 -77, JO 32 36, JP 36 138, KE -1 37, KG 42 74, KH 12 105, KR 37
127, KW 29 48, KZ 48 72, LA 18 103, LB 34 36, LK 7 80, LR 6 -10, LS -29 28, LT 55 24, LU 50 6, LV 57 24, LY 32
15, MA 33 -7, MD 47 29, ME 42 19, MG -19 47, MK 42 21, ML 13 -7, MM 20 96, MN 48 107, MR 18 -15, MT 36 14, MU
-20 58, MW -14 34, MX 20 -100, MY 3 102, MZ -18 36, NA -20 17, NE 14 6, NG 8 7, NI 12 -86, NL 52 5, NO 60 10,
NP 28 84, NZ -39 175, OM 23 58, PA 9 -80, PE -11 -76, PH 14 121, PK 31 72, PL 52 19, PR 18 -66, PS 32 35, PT
40 -8, PY -25 -57, QA 25 51, RO 45 25, RS 44 21, RU 56 45, RW -2 30, SA 24 45, SD 14 32, SE 59 16, SG 1 104,
SI 46 15, SK 49 19, SL 8 -12, SN 14 -16, SO 3 45, SS 7 31, SV 14 -89, SY 35 37, TD 11 17, TG 8 1, TH 15 101,
TJ 38 69, TM 38 59, TN 36 10, TR 39 33, TT 10 -61, TW 24 121, TZ -5 35, UA 49 31, UG 1 32, US 39 -90, UY -34
-56, UZ 40 67, VE 10 -67, VN 16 107, YE 15 45, ZA -28 28, ZM -14 28, ZW -18 30
"""


def _read() -> dict[str, tuple[int, int]]:
    rows = (entry.split() for entry in _PLACES.replace("\n", " ").split(","))
    return {code: (int(latitude), int(longitude)) for code, latitude, longitude in rows}


PLACES = _read()


def place_of(region: str) -> tuple[int, int] | None:
    """Return latitude and longitude of a country or of the country of an ISO 3166-2 code; None when not known."""
    return PLACES.get(region.split("-", maxsplit=1)[0])
