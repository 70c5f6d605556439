import assert from 'node:assert/strict';
import { test } from 'node:test';

import { placesMeant } from '../../src/tools/places';

const shop = { name: 'shop', path: '/w/shop' };
const inner = { name: 'inner', path: '/w/shop/inner' };
const tools = { name: 'tools', path: '/w/tools' };

test('a relative path is looked for in every folder', () => {
  assert.deepEqual(placesMeant('./net/retry.py', [shop, tools]), [
    { folderIdx: 0, path: 'net/retry.py' },
    { folderIdx: 1, path: 'net/retry.py' },
  ]);
});

test('of several folders, the one named at the beginning is meant first', () => {
  assert.deepEqual(placesMeant('tools/a.py', [shop, tools]), [
    { folderIdx: 1, path: 'a.py' },
    { folderIdx: 0, path: 'tools/a.py' },
    { folderIdx: 1, path: 'tools/a.py' },
  ]);
  assert.deepEqual(placesMeant('shop/a.py', [shop])[0], { folderIdx: 0, path: 'shop/a.py' });
});

test('an absolute path belongs to the innermost folder around it', () => {
  assert.deepEqual(placesMeant('/w/shop/inner/a.py', [shop, inner, tools]), [
    { folderIdx: 1, path: 'a.py' },
    { folderIdx: 0, path: 'inner/a.py' },
  ]);
});

test('what leads out of the folders means nothing', () => {
  assert.deepEqual(placesMeant('../secret.py', [shop]), []);
  assert.deepEqual(placesMeant('/w/shop/../other/a.py', [shop]), []);
  assert.deepEqual(placesMeant('/w/shopping/a.py', [shop]), []);
  assert.deepEqual(placesMeant('.', [shop]), []);
});

test('paths of Windows are the same in any case and with either stroke', () => {
  const folder = { name: 'shop', path: 'c:\\w\\shop' };

  assert.deepEqual(placesMeant('C:\\w\\Shop\\net\\a.py', [folder]), [{ folderIdx: 0, path: 'net/a.py' }]);
  assert.deepEqual(placesMeant('net\\a.py', [folder]), [{ folderIdx: 0, path: 'net/a.py' }]);
});
