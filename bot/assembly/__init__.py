"""The assemblies: the only modules that import every spoke and read the settings."""
