import io

import docx
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.presentation import Presentation as PresentationType
from pptx.util import Inches

from tests.support.openxml import new_errors, validation_errors


def saved(document: PresentationType) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def deck(charts: int) -> PresentationType:
    presentation = Presentation()
    data = CategoryChartData()
    data.categories = ["January", "February"]
    data.add_series("Actual", (1, 2))
    for _ in range(charts):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(4), Inches(3), data)
    return presentation


def test_an_empty_deck_has_no_errors() -> None:
    assert validation_errors(saved(Presentation())) == []


def test_a_negative_axis_id_is_new_against_an_empty_deck() -> None:
    errors = new_errors(saved(deck(charts=1)), saved(Presentation()))
    assert len(errors) == 6
    assert all("/ppt/charts/chart" in error and "less than minimum" in error for error in errors)


def test_an_error_of_the_template_is_not_new_however_often_it_is_repeated() -> None:
    baseline, document = saved(deck(charts=1)), saved(deck(charts=3))
    assert len(validation_errors(document)) == 3 * len(validation_errors(baseline)) > 0
    assert new_errors(document, baseline) == []


def test_an_error_of_another_kind_is_new() -> None:
    broken = deck(charts=1)
    shape = broken.slides[0].shapes[0]._element
    shape.append(shape.makeelement("{http://schemas.openxmlformats.org/presentationml/2006/main}surprise", {}))
    errors = new_errors(saved(broken), saved(deck(charts=1)))
    assert any("surprise" in error for error in errors)


def test_word_and_excel_files_are_judged_too() -> None:
    plain, broken = io.BytesIO(), io.BytesIO()
    docx.Document().save(plain)
    document = docx.Document()
    body = document.element.body
    body.insert(0, body.makeelement("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}surprise", {}))
    document.save(broken)
    assert any("surprise" in error for error in new_errors(broken.getvalue(), plain.getvalue()))


def test_what_is_no_office_file_has_an_error() -> None:
    errors = new_errors(b"PK nothing", saved(Presentation()))
    assert len(errors) == 1
    assert "not a valid ZIP archive" in errors[0]
