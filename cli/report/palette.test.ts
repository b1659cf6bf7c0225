import test from 'ava'
import { colorLevel } from './palette.js'

test('colour: NO_COLOR wins, then FORCE_COLOR, then what the terminal can do', (t) => {
  t.is(colorLevel({}, true, 2), 2)
  t.is(colorLevel({}, false, 2), 0)
  t.is(colorLevel({ NO_COLOR: '1' }, true, 2), 0)
  t.is(colorLevel({ NO_COLOR: '1', FORCE_COLOR: '3' }, true, 2), 0)
  t.is(colorLevel({ NO_COLOR: '' }, true, 2), 2)
  t.is(colorLevel({ FORCE_COLOR: '' }, false, 0), 1)
  t.is(colorLevel({ FORCE_COLOR: '1' }, false, 0), 1)
  t.is(colorLevel({ FORCE_COLOR: '2' }, false, 0), 2)
  t.is(colorLevel({ FORCE_COLOR: '3' }, false, 0), 3)
  t.is(colorLevel({ FORCE_COLOR: '0' }, true, 3), 0)
  t.is(colorLevel({ FORCE_COLOR: 'false' }, true, 3), 0)
})
