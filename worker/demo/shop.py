"""The shop Fernweh Supply: people in many time zones, products, carts. The same seed makes the same shop."""

import random
from dataclasses import dataclass
from typing import Any

CITIES = (
    ("Berlin", "DE", "Europe/Berlin", "de"), ("Hamburg", "DE", "Europe/Berlin", "de"), ("Wien", "AT", "Europe/Vienna", "de"),
    ("Zürich", "CH", "Europe/Zurich", "de"), ("Lyon", "FR", "Europe/Paris", "fr"), ("Porto", "PT", "Europe/Lisbon", "pt"),
    ("Leeds", "GB", "Europe/London", "en"), ("Galway", "IE", "Europe/Dublin", "en"), ("Bergen", "NO", "Europe/Oslo", "nb"),
    ("Kraków", "PL", "Europe/Warsaw", "pl"), ("Portland", "US", "America/Los_Angeles", "en"),
    ("Denver", "US", "America/Denver", "en"), ("Boston", "US", "America/New_York", "en"),
    ("Montréal", "CA", "America/Toronto", "fr"), ("São Paulo", "BR", "America/Sao_Paulo", "pt"),
    ("Nairobi", "KE", "Africa/Nairobi", "en"), ("Cape Town", "ZA", "Africa/Johannesburg", "en"),
    ("Pune", "IN", "Asia/Kolkata", "en"), ("Singapore", "SG", "Asia/Singapore", "en"), ("Kyoto", "JP", "Asia/Tokyo", "ja"),
    ("Hobart", "AU", "Australia/Hobart", "en"), ("Wellington", "NZ", "Pacific/Auckland", "en"),
)  # fmt: skip

FIRST_NAMES = (
    "Anna", "Ben", "Chiara", "David", "Elif", "Finn", "Greta", "Hugo", "Ines", "Jonas", "Klara", "Liam", "Mira", "Noah",
    "Olivia", "Pavel", "Rosa", "Samuel", "Tove", "Umar", "Vera", "Wanjiru", "Xenia", "Yuki", "Zoe", "Aisha", "Mateo",
    "Priya", "Thandi", "Kenji",
)  # fmt: skip

LAST_NAMES = (
    "Adler", "Becker", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Hoffmann", "Ivanova", "Jansen", "Kowalski",
    "Lindqvist", "Moreau", "Nowak", "O'Brien", "Pereira", "Quinn", "Rossi", "Sato", "Tanaka", "Ueda", "Varga", "Weber",
    "Mwangi", "Patel", "Young", "Zimmer", "Khan", "Dlamini", "Murphy",
)  # fmt: skip

PRODUCTS = (
    ("p-101", "Trail pack 28 l", 129.0), ("p-102", "Wool blanket", 89.0), ("p-103", "Enamel mug", 14.5),
    ("p-104", "Rain shell", 219.0), ("p-105", "Merino socks", 19.0), ("p-106", "Head torch", 45.0),
    ("p-107", "Two-person tent", 389.0), ("p-108", "Camp stove", 74.0), ("p-109", "Down quilt", 299.0),
    ("p-110", "Field notebook", 9.5), ("p-111", "Dry bag 10 l", 24.0), ("p-112", "Felt hat", 58.0),
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Someone who shops here; the address is under a reserved domain that delivers nowhere."""

    user_id: str
    first_name: str
    last_name: str
    city: str
    country: str
    time_zone: str
    language: str

    @property
    def email(self) -> str:
        """The address: unique by the number in the id."""
        plain = f"{self.first_name}.{self.last_name}".lower().replace("'", "")
        return f"{plain}.{self.user_id.removeprefix('shop-')}@example.com"


def make_people(n: int, seed: int, offset: int = 0) -> list[Person]:
    """Return n people; `offset` numbers them on from others."""
    chance = random.Random(f"{seed}:{offset}")
    people = []
    for number in range(offset + 1, offset + n + 1):
        city, country, zone, language = chance.choice(CITIES)
        name = (chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES))
        people.append(Person(f"shop-{number}", *name, city, country, zone, language))
    return people


def make_cart(chance: random.Random, person: Person) -> dict[str, Any]:
    """Return the properties of a cart, as `Cart Updated` and `Order Completed` carry them."""
    lines = chance.sample(PRODUCTS, chance.choice((1, 1, 2, 3)))
    products = [
        {"product_id": id_, "name": name, "price": price, "quantity": chance.choice((1, 1, 1, 2))}
        for id_, name, price in lines
    ]
    total = round(sum(float(str(each["price"])) * int(str(each["quantity"])) for each in products), 2)
    cart_id = f"{person.user_id}-{chance.randrange(16**6):06x}"
    return {"cart_id": cart_id, "products": products, "total": total, "revenue": total, "currency": "EUR"}
