// Programs to be: trees of numbers that fast-check can make and shrink. What a tree means depends on where it stands
// (program-printer.test.support.ts), so every tree is a program, and one with smaller numbers is a simpler program.

import fc from 'fast-check'

export interface Tree {
  /** Which form the node takes, among those that may stand where it stands. 0 is the simplest. */
  readonly form: number
  /** Picks names, operators, literals and small variations. */
  readonly pick: number
  readonly kids: readonly Tree[]
}

export interface ProgramTree {
  readonly strict: boolean
  /** Whether more than zeros stand where a tree has no kid. */
  readonly busy: boolean
  readonly functions: readonly Tree[]
  readonly classes: readonly Tree[]
  readonly body: readonly Tree[]
}

/** Forms are taken modulo their number, so any bound above it will do. */
const FORM_MAX = 239
const PICK_MAX = 999

const { tree } = fc.letrec<{ tree: Tree; kids: readonly Tree[] }>((tie) => ({
  tree: fc.record({ form: fc.nat(FORM_MAX), pick: fc.nat(PICK_MAX), kids: tie('kids') }),
  kids: fc.oneof(
    { maxDepth: 6, depthSize: 'max', withCrossShrink: true },
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.array(tie('tree'), { minLength: 1, maxLength: 4, size: 'max' }) },
  ),
}))

const trees = (maxLength: number): fc.Arbitrary<Tree[]> => fc.array(tree, { maxLength, size: 'max' })

export const programTree: fc.Arbitrary<ProgramTree> = fc.record({
  strict: fc.boolean(),
  busy: fc.nat(3).map((n) => n > 0),
  functions: trees(3),
  classes: trees(2),
  body: trees(8),
})
