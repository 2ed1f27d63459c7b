"""The contract with the centre's core system: OpenAPI, the HTTP adapter, and the stand-in (sandbox)."""
