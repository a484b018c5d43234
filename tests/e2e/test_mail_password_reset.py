"""The mail that lets somebody choose a password, from the wish to the log-in."""

import re

from api_kit import base_url, is_refused, secret  # noqa: F401
from test_api_password_reset import Person, confirm, log_in, person, seen_to  # noqa: F401
from test_mail_sending import nothing_else, remind, server  # noqa: F401
from world import Client, new_password


def test_from_the_wish_to_the_log_in(stack, base_url, person, db, server):
    wish = {"email": person.email.upper()}
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    assert Client(base_url).ask("POST", "/v1/password-reset", wish, evil).status == 202
    assert Client(base_url).ask("POST", "/v1/password-reset", {"email": "nobody@test.example"}).status == 202
    row = seen_to(db, person.email)
    with db.cursor() as cursor:
        cursor.execute("SELECT * FROM outbox WHERE user_id = %s", (row["user_id"],))
        [message] = cursor.fetchall()
    assert message["template"] == "password_reset" and message["good_until"] == row["expires_at"]
    remind(stack, server)
    [letter] = server.to(person.email)
    assert letter.message["Subject"] == "Choose a password"
    assert server.to("nobody@test.example") == []
    text, page = letter.part("plain"), letter.part("html")
    token = secret(re.search(r"rst_[0-9A-Za-z]{43}", text).group())
    assert token in page and "{{" not in text + page and "evil.example" not in text + page
    assert token.encode() not in message["sealed"] and bytes(token, "ascii") != row["digest"]
    fresh = secret(new_password())
    assert confirm(base_url, token, fresh).status == 204
    assert log_in(base_url, person.email, fresh).status == 200
    is_refused(confirm(base_url, token, new_password()), 401, "invalid_token")
    with db.cursor() as cursor:
        cursor.execute("SELECT state, sealed FROM outbox WHERE id = %s", (message["id"],))
        assert cursor.fetchone() == {"state": "sent", "sealed": None}
