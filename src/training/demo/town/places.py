"""Thirty communes of the Orne and the Pays d'Alençon, typed by hand. Not reference data: that is imported."""

from __future__ import annotations

from training.demo.town.shapes import Place

PLACES: tuple[Place, ...] = (
    # Alençon and its ring
    Place("61001", "Alençon", "61000", 48.4348, 0.0931, 25_490),
    Place("61143", "Damigny", "61250", 48.4500, 0.0667, 2_446),
    Place("61397", "Saint-Germain-du-Corbéis", "61000", 48.4222, 0.0619, 3_636),
    Place("61117", "Condé-sur-Sarthe", "61250", 48.4320, 0.0340, 2_494),
    Place("61497", "Valframbert", "61250", 48.4647, 0.1083, 1_678),
    Place("61077", "Cerisé", "61000", 48.4450, 0.1300, 844),
    Place("61234", "Lonrai", "61250", 48.4599, 0.0399, 1_062),
    Place("72308", "Saint-Paterne - Le Chevain", "72610", 48.4165, 0.1111, 2_076),
    Place("72006", "Arçonnay", "72610", 48.3972, 0.0874, 1_902),
    Place("72056", "Champfleur", "72610", 48.3869, 0.1273, 1_282),
    # The villages around: the forest of Écouves, the Alpes mancelles, the plain
    Place("61341", "Écouves", "61250", 48.5025, 0.1028, 1_663),
    Place("61141", "Cuissai", "61250", 48.4680, -0.0070, 436),
    Place("61382", "Saint-Denis-sur-Sarthon", "61420", 48.4532, -0.0472, 1_055),
    Place("61165", "La Ferrière-Bochard", "61420", 48.4126, -0.0343, 709),
    Place("61279", "Mieuxcé", "61250", 48.4004, 0.0121, 617),
    Place("61203", "Héloup", "61250", 48.3976, 0.0265, 899),
    Place("61372", "Saint-Céneri-le-Gérei", "61250", 48.3817, -0.0511, 110),
    Place("61074", "Carrouges", "61320", 48.5674, -0.1456, 623),
    Place("61294", "Mortrée", "61570", 48.6390, 0.0791, 1_115),
    Place("61464", "Sées", "61500", 48.6040, 0.1724, 4_168),
    Place("61156", "Essay", "61500", 48.5415, 0.2472, 556),
    Place("61133", "Courtomer", "61390", 48.6276, 0.3571, 731),
    Place("61258", "Le Mêle-sur-Sarthe", "61170", 48.5127, 0.3550, 659),
    Place("61454", "Sainte-Scolasse-sur-Sarthe", "61170", 48.5766, 0.3933, 582),
    # The other towns of the département
    Place("61006", "Argentan", "61200", 48.7444, -0.0202, 13_527),
    Place("61169", "Flers", "61100", 48.7372, -0.5747, 14_432),
    Place("61214", "L’Aigle", "61300", 48.7640, 0.6280, 7_663),
    Place("61293", "Mortagne-au-Perche", "61400", 48.5202, 0.5473, 3_898),
    Place("61168", "La Ferté Macé", "61600", 48.5900, -0.3580, 5_071),
    Place("61483", "Bagnoles de l’Orne Normandie", "61140", 48.5572, -0.4138, 2_699),
)

VILLAGE_BELOW = 2_000  # inhabitants: INSEE's old line between rural and urban communes, enough for a demonstration
