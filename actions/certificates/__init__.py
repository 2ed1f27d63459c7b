"""Certificates as signed PDF: drawn, sealed, handed out once by a link, and verified by anyone."""
