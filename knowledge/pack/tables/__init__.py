"""Spreadsheets and exports of other systems as rows of named cells: encodings, separators, headers, warnings."""
