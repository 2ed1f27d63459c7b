"""The stand-in core system (演示): the whole contract, the fund's rules and a ledger that balances."""
