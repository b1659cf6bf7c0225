import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { localEpochKeepsUp } from './local-epoch-keeps-up.js'
import { Manager, viewOf } from './qsbr.test.kit.js'

const story = (manager: Manager) => new Story(localEpochKeepsUp<Manager>(viewOf), manager)

test('local-epoch-keeps-up: equal or one behind, also round the end', (t) => {
  t.is(story(new Manager().word(4, [0]).executor(0, { localEpoch: 4 })).step().message, undefined)
  t.is(story(new Manager().word(4, [0]).executor(0, { localEpoch: 3 })).step().message, undefined)
  t.is(story(new Manager().word(0, [0]).executor(0, { localEpoch: 2 ** 32 - 1 })).step().message, undefined)
})

test('local-epoch-keeps-up: two behind, and ahead, are found', (t) => {
  t.is(story(new Manager().word(4, [0]).executor(0, { localEpoch: 2 })).step().message, 'peer 0 is registered with local epoch 2, but the epoch is 4')
  t.not(story(new Manager().word(4, [0]).executor(0, { localEpoch: 5 })).step().message, undefined)
})

test('local-epoch-keeps-up: the paused and the dead do not count', (t) => {
  t.is(story(new Manager().word(4, []).executor(0, { localEpoch: 1, phase: 'paused' })).step().message, undefined)
  t.is(
    story(new Manager().word(4, []).executor(0, { localEpoch: 1 }))
      .tell('crash', 0)
      .step().message,
    undefined,
  )
})
