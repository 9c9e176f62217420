"""The store on SQLAlchemy, for SQLite and PostgreSQL."""
