"""The seeded demo network: written as files of a switch and imported like any others."""
