import test from 'ava'
import { Story } from './invariants.test.kit.js'
import { mutualExclusion } from './mutual-exclusion.js'

test('mutual-exclusion: peers one after the other are fine', (t) => {
  const story = new Story(mutualExclusion('s'), undefined)
  story.tell('enter', 0, 's').tell('leave', 0, 's').tell('enter', 1, 's').tell('leave', 1, 's')
  t.is(story.message, undefined)
})

test('mutual-exclusion: two peers inside are found', (t) => {
  const story = new Story(mutualExclusion('s'), undefined)
  story.tell('enter', 0, 's').tell('enter', 1, 's')
  t.is(story.message, 'peer 1 entered "s" while peer 0 is inside')
})

test('mutual-exclusion: other sections and reports do not matter', (t) => {
  const story = new Story(mutualExclusion('s'), undefined)
  story.tell('enter', 0, 's').tell('enter', 1, 'other').tell('event', 1, 's').tell('leave', 1, 'other')
  t.is(story.message, undefined)
})

test('mutual-exclusion: leaving without being inside is found', (t) => {
  const story = new Story(mutualExclusion('s'), undefined)
  story.tell('enter', 0, 's').tell('leave', 1, 's')
  t.is(story.message, 'peer 1 left "s" without being inside')
})

test('mutual-exclusion: a peer that crashed inside keeps the section', (t) => {
  const story = new Story(mutualExclusion('s'), undefined)
  story.tell('enter', 0, 's').tell('crash', 0, 'peer').tell('enter', 1, 's')
  t.is(story.message, 'peer 1 entered "s" while peer 0, which crashed there, is inside')
})

test('mutual-exclusion: with crashReleases it does not', (t) => {
  const story = new Story(mutualExclusion('s', { crashReleases: true }), undefined)
  story.tell('enter', 0, 's').tell('crash', 0, 'peer').tell('enter', 1, 's')
  t.is(story.message, undefined)
})

test('mutual-exclusion: a new execution starts with a free section', (t) => {
  const invariant = mutualExclusion('s')
  new Story(invariant, undefined).tell('enter', 0, 's')
  const story = new Story(invariant, undefined).tell('enter', 1, 's')
  t.is(story.message, undefined)
})
