"""What all tables are part of, and what their numbers are."""

from sqlalchemy import BigInteger, Integer, MetaData

metadata = MetaData()

#: A number of 64 bits, as which SQLite takes INTEGER, and PostgreSQL BIGINT.
WHOLE = BigInteger().with_variant(Integer(), "sqlite")
