"""Order candidates and say why: query understanding, fusion, features, diversity, snippets. Pure."""
