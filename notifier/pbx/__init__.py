"""The vendor's API: its words, its manners and its errors end here."""
