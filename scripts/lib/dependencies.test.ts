import { expect, it } from 'vitest';
import { isInstalled } from './dependencies.mjs';

const wanted = {
  packages: {
    '': {},
    'node_modules/react': { version: '19.0.0' },
    'node_modules/binding-windows': { version: '2.0.0', optional: true },
  },
};

const installed = (version: string) => ({ packages: { 'node_modules/react': { version } } });

it('is installed when the versions agree, without the packages of other platforms', () => {
  expect(isInstalled(wanted, installed('19.0.0'))).toBe(true);
});

it('is not installed when a version differs', () => {
  expect(isInstalled(wanted, installed('18.0.0'))).toBe(false);
});

it('is not installed when a package is missing', () => {
  expect(isInstalled(wanted, { packages: {} })).toBe(false);
});

it('is not installed when nothing is', () => {
  expect(isInstalled(wanted, undefined)).toBe(false);
});
