"""What cannot be meant is a fault, what will hardly be meant a warning; both say where."""

import pytest

from router.core.people import Agent
from router.core.rulebook.book import Read, read
from router.core.rulebook.checking import Known
from wire import codec
from wire.messages.rulebook import Fault

pytestmark = pytest.mark.pure

KNOWN = Known(
    teams=("support", "sales"), skills=("french", "refunds"), channels=("email", "webchat"),
    accounts=("help",),
    agents={"mia": Agent("mia", "Mia", ("support",), skills={"french": 2, "refunds": 5}),
            "tom": Agent("tom", "Tom", ("sales",), skills={"french": 5}, enabled=False)},
)  # fmt: skip


def rule(body: str, head: str = "") -> Read:
    return read(f'{head}\n[[rule]]\nname = "it"\n{body}\n', known=KNOWN)


@pytest.mark.parametrize(("body", "said"), [
    ('then.team = "suport"', '"suport" is unknown. Did you mean "support"?'),
    ("then.skills = { frensh = 2 }", 'Did you mean "french"?'),
    ("then.skills = { french = 6 }", "A level is 1 to 5, or 0"),
    ("then.either = [{ french = -1 }]", "A level is 1 to 5, or 0"),
    ('then.prefer = "mja"', 'Did you mean "mia"?'),
    ('then.prefer = "mia"\nthen.exclude = ["mia"]', "mia is preferred and excluded."),
    ('if.channel = "emial"', 'Did you mean "email"?'),
    ('if.account = "hlep"', 'Did you mean "help"?'),
    ('if.open = "ofice"', '"ofice" is unknown: there is none.'),
    ('if.segment = "vip"', '"vip" is unknown: there is none.'),
    ('if.query = "tag:vip chanel:email"', 'Did you mean "channel"?'),
    ('if.query = "waiting:>10m"', "cannot be asked here"),
    ('if.time = { days = "funday" }', "Days are mon, tue"),
    ('if.time = { from = "25:00" }', "no time such as 09:30"),
    ('if.time = { zone = "Europe/Kiyv" }', 'Did you mean "Europe/Ky'),
    ('then.priority = "urgnt"', "is not one of low"),
    ("if.words = ['x', '!!!']", "There is no word in it."),
    ("then.steps = [{ after = 5, sooner = nan }]", "at most 10080 minutes"),
    ("then.steps = [{ after = 5, sooner = -inf }]", "at most 10080 minutes"),
    ("then.steps = [{ after = 5, tier = 1_000_000 }]", "from -100 to 100"),
    ("then.tag = ['vip', 'a\\u001bb']".replace("'", '"'), "Tags are at most 30"),
    ("then.priority = 4", "is not one of low"), ("then.slope = 0", "A slope is above 0"),
    ("then.slope = nan", "A slope is above 0"), ("then.tier = 101", "from -100 to 100"),
    ("then.head_start = inf", "A head start is at most"), ("then.prefer_for = -1", "from 0 to"),
    ("then.skills = { french = 2 }\nthen.steps = [{ after = 9, drop = 'refunds' }]",
     "lets go of refunds, which is not asked"),
    ("then.skills = { french = 2 }\nthen.steps = [{ after = 9, lower = { french = 3 } }]",
     "lowers french to 3, and 2 is asked"),
    ("then.steps = [{ after = 9 }, { after = 5 }]", "they are in order of time"),
    ("then.steps = [{ after = -1 }]", "they are in order of time"),
    ('then.team = "sales"\nthen.steps = [{ after = 9, widen = ["sales"] }]',
     "the work of sales from the start"),
    ("then.steps = [{ after = 9, widen = ['slaes'] }]", 'Did you mean "sales"?'),
    ('[[rule]]\nname = "it"', 'There is a rule "it" already.'),
    ('[[rule]]\nname = " "', "A rule needs a name."),
])  # fmt: skip
def test_a_fault_says_what_and_where(body: str, said: str) -> None:
    found = rule(body)
    assert found.book is None
    assert said in str(found.faults[0]), found.faults
    assert found.faults[0].line >= 2
    assert found.faults[0].at.startswith("rule ")


@pytest.mark.parametrize(("head", "said"), [
    ("deadline_share = 1.5", "from 0 to 1"), ("deadline_share = nan", "from 0 to 1"),
    ("[teams.sales]\nshare = 2", "from 0 to 1"),
    ("[capacity]\nweights = { email = -1 }", "from 0 to 1000"),
    ("[capacity]\nweights = { emial = 1 }", 'Did you mean "email"?'),
    ("[capacity]\nadmits = { email = ['webchta'] }", 'Did you mean "webchat"?'),
    ("[teams.spport]\nstrategy = 'scored'", 'Did you mean "support"?'),
    ("[teams.support]\nstrategy = 'best'", "Invalid enum value"),
    ("[segments]\nvip = 'tg:vip'", "cannot be asked here"),
    ("[segments]\nvip = 'team:sales'", "cannot be asked here"),
    ("[offers]\nemail = -5", "from 0 to"),
    ("[offers]\nemial = 5", 'Did you mean "email"?'),
    ("[first_reply]\nemial = 5", 'Did you mean "email"?'),
])  # fmt: skip
def test_the_other_sections_are_checked_too(head: str, said: str) -> None:
    found = rule("", head)
    assert found.book is None
    assert said in str(found.faults[0]), found.faults


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e300", "9" * 60])
def test_a_number_that_no_answer_can_carry_is_told_as_text(number: str) -> None:
    (fault,) = rule("", f"[offers]\nemail = {number}.0" if number[0] == "9" else
                    f"[offers]\nemail = {number}").faults  # fmt: skip
    assert codec.decode(codec.encode(fault), Fault) == fault


def test_times_for_all_kinds_are_for_no_kind_by_name() -> None:
    assert rule("", '[offers]\n"" = 20').book is not None


def test_a_rule_cannot_be_called_what_would_move_the_cursor() -> None:
    found = read('[[rule]]\nname = "a\\u001b[2J"\n', known=KNOWN)
    assert "one line" in str(found.faults[0])


def test_an_error_of_a_query_points_at_its_column_in_the_file() -> None:
    fault = rule('if.query = "tag:vip chanel:email"').faults[0]
    assert fault.line == 4
    assert 'if.query = "tag:vip chanel:email"'[fault.column - 1 :].startswith("chanel")


@pytest.mark.parametrize(("body", "said"), [
    ("then.skills = { french = 3 }", "Nobody has french 3."),
    ("then.team = 'sales'\nthen.skills = { refunds = 1 }", "Nobody could take what"),
    ("then.either = [{ french = 4 }, { refunds = 5, french = 3 }]", "Nobody could take what"),
])  # fmt: skip
def test_what_nobody_can_is_a_warning(body: str, said: str) -> None:
    found = rule(body)
    assert found.book is not None
    assert [said in str(warning) for warning in found.warnings] == [True], found.warnings


def test_what_somebody_can_is_none() -> None:
    found = rule("then.team = 'support'\nthen.skills = { french = 2, refunds = 5 }")
    assert (found.faults, found.warnings) == ((), ())


def test_names_that_are_not_known_are_not_doubted() -> None:
    assert read('[[rule]]\nname = "x"\nthen.team = "any"\nthen.skills = { any = 1 }').book


def test_where_all_rules_add_up_a_step_may_let_go_of_what_another_asks() -> None:
    found = rule("then.steps = [{ after = 9, drop = 'refunds' }]", 'order = "all"')
    assert found.book is not None
    assert "not asked" in str(found.warnings[0])
