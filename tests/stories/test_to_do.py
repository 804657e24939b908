"""An account manager opens the to-do list beside the documents."""

import pytest

from tests.support.real_workspace import RealWorkspace

DRAFT, COMPLETE = "FWH-6031", "BRE-1001"


@pytest.mark.parametrize(("account", "verdict"), [(DRAFT, "The documents are drafts"), (COMPLETE, "Nothing stops")])
def test_the_list_says_first_whether_the_documents_are_drafts(
    account: str, verdict: str, samples: RealWorkspace
) -> None:
    page = (samples.folder(account) / "to-do.html").read_text(encoding="utf-8")
    assert f'<p class="verdict">{verdict}' in page
