import { afterEach, describe, expect, it } from 'vitest';
import { isInOverlay, isTextField, takesKeyItself } from './keyTargets.ts';

afterEach(() => document.body.replaceChildren());

/** The element with the id "focus" of a page. */
function focusIn(page: string): HTMLElement {
  document.body.innerHTML = page;
  const element = document.getElementById('focus');
  if (!element) throw new Error('the page has something to focus');
  return element;
}

/** Some keys of the page. */
const every = [' ', 'ArrowLeft', 'ArrowUp', 'Home', 'End', 's', ',', 'Delete'];

/** Which of them of the page an element takes itself. */
function taken(page: string): string[] {
  const element = focusIn(page);
  return every.filter((key) => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true });
    element.dispatchEvent(event);
    return takesKeyItself(event);
  });
}

describe('what has the focus takes', () => {
  it.each([
    ['<textarea id="focus"></textarea>', every],
    ['<input id="focus">', every],
    ['<input id="focus" type="number">', every],
    ['<select id="focus"></select>', every],
    ['<div role="dialog"><button id="focus"></button></div>', every],
    ['<div role="menu"><div role="menuitem" tabindex="0" id="focus"></div></div>', every],
    ['<button id="focus" aria-roledescription="sortable" aria-pressed="true"></button>', every],
    ['<button id="focus" data-clip aria-roledescription="sortable" aria-pressed="false"></button>', []],
    ['<input id="focus" type="radio" checked>', ['ArrowLeft', 'ArrowUp']],
    ['<input id="focus" type="radio">', [' ', 'ArrowLeft', 'ArrowUp']],
    ['<input id="focus" type="checkbox">', [' ']],
    ['<input id="focus" type="range">', ['ArrowLeft', 'ArrowUp', 'Home', 'End']],
    ['<button id="focus" role="tab"></button>', [' ', 'ArrowLeft', 'ArrowUp', 'Home', 'End']],
    ['<button id="focus"></button>', [' ']],
    ['<details><summary id="focus"></summary></details>', [' ']],
    ['<div id="focus" tabindex="0"></div>', []],
  ])('of %s its own keys', (page, keys) => {
    expect(taken(page)).toEqual(keys);
  });
});

it('knows text fields and what lies over the page', () => {
  const overlay = focusIn('<div role="dialog"><input id="focus"></div>');
  expect([isTextField(overlay), isInOverlay(overlay)]).toEqual([true, true]);
  const radio = focusIn('<fieldset><input type="radio" id="focus"></fieldset>');
  expect([isTextField(radio), isInOverlay(radio)]).toEqual([false, false]);
  expect([isTextField(window), isInOverlay(window), isInOverlay(null)]).toEqual([false, false, false]);
});
