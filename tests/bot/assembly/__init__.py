"""The assemblies: environments, training by hash, programs."""
