"""What is remembered: one SQLite file, and all the SQL there is."""
