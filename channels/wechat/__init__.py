"""The WeChat official account: every delivery answered once and in time, late answers by customer-service message."""
