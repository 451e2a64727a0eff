"""Words of a glossary are found where they begin a word, and are asked of a translation."""

from triforce_daemon.services.documents.glossary import Glossary

GLOSSARY = Glossary({"Haus": "premises", "Vertrag (neu)": "new contract"})


def test_which_words_a_text_needs() -> None:
    assert GLOSSARY.of("Die HAUSES sind groß, das Gasthaus nicht.") == {"Haus": "premises"}
    assert GLOSSARY.of("Der Vertrag (neu) gilt.") == {"Vertrag (neu)": "new contract"}
    assert GLOSSARY.of("Nichts davon.") == {}


def test_whether_a_translation_keeps_to_it() -> None:
    assert GLOSSARY.broken("Das Haus", "The Premises") == []
    assert GLOSSARY.broken("Das Haus und der Vertrag (neu)", "The house and the new contract") == ["Haus"]
