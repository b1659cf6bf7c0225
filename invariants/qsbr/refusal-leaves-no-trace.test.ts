import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { Manager, viewOf } from './qsbr.test.kit.js'
import { refusalLeavesNoTrace } from './refusal-leaves-no-trace.js'

function begin() {
  const manager = new Manager().word(1, [0, 1]).executor(0, {})
  return { manager, story: new Story(refusalLeavesNoTrace<Manager>(viewOf), manager) }
}

test('refusal-leaves-no-trace: a refusal that changes nothing', (t) => {
  t.is(begin().story.event(0, 'expecting refusal', 'a call').event(0, 'refused').message, undefined)
})

test('refusal-leaves-no-trace: a call that is accepted is found', (t) => {
  t.is(begin().story.event(0, 'expecting refusal', 'a call').event(0, 'accepted').message, 'a call was accepted; expected it to throw')
})

test('refusal-leaves-no-trace: a word that changed is found', (t) => {
  const { manager, story } = begin()
  story.event(0, 'expecting refusal', 'a call')
  manager.word(1, [0, 1, 2])
  t.is(story.event(0, 'refused').message, 'a call was refused, but the word went from epoch 1 to epoch 1, registered {0, 1, 2}, pending {0, 1, 2}')
})

test('refusal-leaves-no-trace: a bag that changed is found, also while others are in calls', (t) => {
  const { manager, story } = begin()
  story.event(1, 'passing').event(0, 'expecting refusal', 'a call')
  manager.executor(0, { openSize: 1 })
  t.regex(story.event(0, 'refused').message ?? '', /^a call was refused, but the local manager went from .*"openSize":0.* to .*"openSize":1/)
})

test('refusal-leaves-no-trace: what others do to the word meanwhile is theirs', (t) => {
  const { manager, story } = begin()
  story.event(0, 'expecting refusal', 'a call').event(1, 'passing')
  manager.word(1, [0, 1], [0])
  t.is(story.event(1, 'passed').event(0, 'refused').message, undefined)
})
