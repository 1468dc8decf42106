"""Median size of children, rounded, to draw plausible measurements from; not for judging a child's growth.

Up to 60 months the medians of the WHO Child Growth Standards (2006), beyond them about those of the CDC's 2000
charts. Rows: months, then for boys and for girls length or height (cm), weight (kg), head circumference (cm).
"""

MONTHS = (0, 1, 2, 4, 6, 9, 12, 15, 18, 24, 36, 48, 60, 72, 84, 96, 108, 120, 132, 144, 156, 168, 180, 192, 216, 240)

HEIGHT_CM = {
    "male": (49.9, 54.7, 58.4, 63.9, 67.6, 72.0, 75.7, 79.2, 82.3, 87.8, 96.1, 103.3, 110.0, 115.8, 121.9, 128.0,
             133.7, 138.8, 143.7, 149.1, 156.0, 163.8, 170.1, 173.6, 176.1, 176.8),
    "female": (49.1, 53.6, 57.1, 62.1, 65.8, 70.1, 74.0, 77.5, 80.7, 86.4, 95.1, 102.7, 109.4, 115.2, 121.8, 127.8,
               133.1, 138.2, 144.3, 151.3, 157.1, 160.4, 161.9, 162.6, 163.1, 163.3),
}
WEIGHT_KG = {
    "male": (3.3, 4.5, 5.6, 7.0, 7.9, 8.9, 9.6, 10.3, 10.9, 12.1, 14.3, 16.3, 18.3, 20.8, 23.2, 25.8, 28.7, 32.1, 36.1,
             40.7, 45.8, 51.2, 56.5, 61.1, 67.3, 70.6),
    "female": (3.2, 4.2, 5.1, 6.4, 7.3, 8.2, 8.9, 9.6, 10.2, 11.5, 13.9, 16.1, 18.2, 20.3, 22.9, 25.8, 29.1, 33.0, 37.2,
               41.8, 46.0, 49.4, 52.0, 53.9, 56.2, 58.2),
}
HEAD_CM = {
    "male": (34.5, 37.2, 39.1, 41.6, 43.3, 45.0, 46.1, 46.8, 47.4, 48.2, 49.5),
    "female": (33.9, 36.5, 38.3, 40.6, 42.2, 43.8, 44.9, 45.7, 46.2, 47.2, 48.5),
}

# Share of the median by which children of one age differ (one standard deviation).
HEIGHT_SPREAD = 0.037
WEIGHT_SPREAD = 0.13
HEAD_SPREAD = 0.028

# Resting values by age: from (years), pulse, respirations, systolic, diastolic.
RESTING = (
    (0, 138, 42, 76, 46),
    (1, 115, 28, 92, 53),
    (3, 102, 24, 96, 57),
    (6, 90, 20, 102, 62),
    (10, 82, 18, 106, 65),
    (13, 76, 16, 112, 68),
    (18, 72, 15, 118, 74),
    (40, 72, 15, 122, 77),
    (60, 71, 16, 128, 77),
    (75, 71, 17, 132, 74),
)
