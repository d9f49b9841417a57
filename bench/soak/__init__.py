"""The portal under load: many signed-in viewers for minutes, and beside them strangers at the door: `make soak`."""
