"""Lead scores: models of rules that give points, and what each contact has."""
