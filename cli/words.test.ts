// Small words: quoting, guessing, names of files.

import test from 'ava'
import { slug } from './failures-folder.js'
import { heddleCommand, quote } from './shell.js'
import { closest, editDistance } from './usage-problem.js'
import { durationMs, integer, seed } from './values.js'

test('shell: a word survives a POSIX shell', (t) => {
  t.is(quote('scenarios/pool.ts'), 'scenarios/pool.ts')
  t.is(quote('spin lock'), '"spin lock"')
  t.is(quote('costs $5'), "'costs $5'")
  t.is(quote("it's `new`!"), "'it'\\''s `new`!'")
  t.is(quote("it's"), '"it\'s"')
  t.is(quote(''), "''")
  t.is(quote('a;b'), '"a;b"')
  t.is(heddleCommand('run', 'a b'), 'npx heddle run "a b"')
})

test('did you mean: close words only', (t) => {
  t.is(editDistance('rusn', 'runs'), 1)
  t.is(editDistance('kitten', 'sitting'), 3)
  t.is(closest('replya', ['list', 'run', 'replay']), 'replay')
  t.is(closest('strat', ['seed', 'strategy']), 'strategy')
  t.is(closest('x', ['list', 'run']), undefined)
  t.is(closest('frobnicate', ['list', 'run', 'replay']), undefined)
})

test('slug: part of a file name, in every script', (t) => {
  t.is(slug('varslot/free races: reclaim'), 'varslot-free-races-reclaim')
  t.is(slug('生产者 Очередь'), '生产者-очередь')
  t.is(slug('../..'), 'scenario')
  t.is([...slug('a'.repeat(500))].length, 60)
})

test('values: what is accepted', (t) => {
  t.is(integer('runs', '10_000', 1), 10_000)
  t.is(integer('runs', '1,000', 1), 1000)
  t.is(integer('runs', undefined, 1), undefined)
  t.deepEqual(
    ['500ms', '30s', '1.5s', '2m', '2min', '1h'].map((text) => durationMs('time', text)),
    [500, 30_000, 1500, 120_000, 120_000, 3_600_000],
  )
  t.is(seed('00FF'), '00ff')
})
