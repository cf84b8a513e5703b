"""Captions: true of what is drawn, in words that the model is told about."""

from collections import defaultdict

import pytest

from papercut.text_encoder import tokenize
from papercut.world import MAX_WORDS, Scope, Split, draw_film, vocabulary, words
from papercut.world.captions import HELD_OUT_TEMPLATES, TEMPLATES, split_words, verbs_of
from papercut.world.drawing import Wishes
from papercut.world.palette import palette
from papercut.world.spec import ACTIONS_OF, Passage

FILMS = 400


def films(scope=Scope.FULL, split=Split.TRAIN, complete=False):
    for seed in range(FILMS):
        yield draw_film(seed, scope, latent_frames=6, shots=3, split=split, wishes=Wishes(complete=complete))


def exclusive_words(table):
    """Words that the phrases of one member alone have, as {word: member}."""
    owners = defaultdict(set)
    for member, phrases in table.items():
        for phrase in phrases:
            for word in split_words(phrase):
                owners[word].add(member)
    return {word: members.pop() for word, members in owners.items() if len(members) == 1}


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("split", list(Split))
def test_every_word_is_in_the_vocabulary(scope, split):
    known = set(vocabulary(scope))
    for film in films(scope, split):
        for caption in film.captions:
            assert set(split_words(caption)) <= known, caption
            assert 0 < len(split_words(caption)) <= MAX_WORDS


def test_the_vocabulary_has_the_form_that_the_engine_reads():
    for scope in Scope:
        listed = vocabulary(scope)
        assert listed[:3] == ["<pad>", "<unk>", "</s>"]
        assert len(set(listed)) == len(listed) < 600
        assert all(split_words(word) == [word] for word in listed[3:])
    assert set(vocabulary(Scope.CORE)) < set(vocabulary(Scope.PEOPLED)) < set(vocabulary(Scope.FULL))
    ids = tokenize("A red CAR, zzz!", vocabulary(), {"max_len": 8, "unk": 1, "eos": 2})
    assert [vocabulary()[i] for i in ids] == ["a", "red", "car", "<unk>", "</s>"]


@pytest.mark.parametrize(
    "attribute, tables",
    [
        ("time", (words.TIMES, words.SHORT_TIMES)),
        ("size", (words.SIZES,)),
        ("camera", (words.CAMERAS, words.CAMERA_CLAUSES)),
    ],
)
def test_phrases_are_those_of_the_shot(attribute, tables):
    """A phrase that a caption has is one of the shot's own member, or is a part of a phrase of it."""
    for film in films(complete=True):
        for shot in film.shots:
            text = f" {' '.join(split_words(shot.caption))} "
            own = [f" {phrase} " for table in tables for phrase in table[getattr(shot, attribute)]]
            said = [phrase for phrase in own if phrase in text]
            assert bool(said) >= (attribute in shot.said), shot.caption
            rest = text
            for phrase in sorted(said, key=len, reverse=True):
                rest = rest.replace(phrase, " ")
            for table in tables:
                for member, phrases in table.items():
                    if member == getattr(shot, attribute):
                        continue
                    for phrase in phrases:
                        if len(split_words(phrase)) > 1 or attribute != "time":
                            assert f" {phrase} " not in rest, (phrase, shot.caption)


def test_colours_and_nouns_are_those_of_the_subjects():
    colours = exclusive_words(words.COLOURS)
    nouns = exclusive_words(words.NOUNS)
    elsewhere = {
        w
        for place in words.PLACES.values()
        for phrases in place.values()
        for p in phrases
        for w in split_words(p)
    }
    for film in films():
        kinds = {subject.kind for subject in film.subjects}
        hues = {subject.colour for subject in film.subjects}
        for shot in film.shots:
            for word in split_words(shot.caption):
                assert word not in colours or colours[word] in hues, shot.caption
                assert word not in nouns or nouns[word] in kinds or word in elsewhere, shot.caption


def test_what_is_said_of_a_subject_is_there():
    for film in films():
        for shot in film.shots:
            for i, (subject, role) in enumerate(zip(film.subjects, shot.roles)):
                text = split_words(shot.caption)
                hues = {w for phrase in words.COLOURS[subject.colour] for w in split_words(phrase)}
                if f"colour{i}" in shot.said:
                    assert role is not None and hues & set(text)
                elif len(film.subjects) == 1:
                    assert not hues & set(text), shot.caption


def test_later_captions_leave_the_colour_out_in_three_of_five():
    said = [
        ("colour0" in shot.said) for film in films() if len(film.subjects) == 1 for shot in film.shots[1:]
    ]
    assert 0.33 < sum(said) / len(said) < 0.47


def test_directions_are_those_of_the_motion():
    for film in films():
        for shot in film.shots:
            if " pan" in f" {shot.caption}" or len(film.subjects) > 1 or "direction0" not in shot.said:
                continue
            role = shot.roles[0]
            side = "right" if role.facing > 0 else "left"
            if role.passage is Passage.ENTERS:
                side = "left" if side == "right" else "right"
            other = "left" if side == "right" else "right"
            text = shot.caption.replace(f"from {other} to {side}", side)
            assert side in split_words(text)
            assert other not in split_words(text), shot.caption


def test_held_out_sentences_are_never_those_of_training():
    assert not set(TEMPLATES) & set(HELD_OUT_TEMPLATES)
    for split, templates in ((Split.TRAIN, TEMPLATES), (Split.HELD_OUT, HELD_OUT_TEMPLATES)):
        seen = {shot.template for film in films(split=split) for shot in film.shots}
        assert seen == set(templates)


def test_complete_captions_say_everything():
    for film in films(Scope.CORE, Split.HELD_OUT, complete=True):
        first = film.shots[0]
        assert {"kind0", "colour0", "place", "size", "camera"} <= first.said


def test_there_is_a_verb_for_every_action():
    for kind, actions in ACTIONS_OF.items():
        for action in actions:
            assert verbs_of(kind, action)


def test_the_palette_offers_words_that_are_known():
    for scope in Scope:
        known = set(vocabulary(scope))
        groups = palette(scope)
        assert [group["name"] for group in groups][:3] == ["Subject", "Colour", "Place"]
        for group in groups:
            assert group["phrases"] and all(set(split_words(phrase)) <= known for phrase in group["phrases"])
