// Text under construction: pieces that are either slices of the source or generated, and what they map to. Written out at
// the end in one go together with the source map, so that one stretch of source may appear twice (original and twin) and
// maps back from both.

import { SourceMap } from 'magic-string'

/** A slice of the source. */
export interface Slice {
  readonly start: number
  readonly end: number
}

/** Generated text that stands for what is at `at` in the source. */
export interface Mapped {
  readonly text: string
  readonly at: number
}

export type Piece = string | Slice | Mapped | readonly Piece[]

export function slice(start: number, end: number): Slice {
  return { start, end }
}

export function mapped(text: string, at: number): Mapped {
  return { text, at }
}

/** `text` as a template: pieces may be put in anywhere. */
export function text(strings: TemplateStringsArray, ...pieces: Piece[]): Piece {
  const result: Piece[] = []
  for (const [index, string] of strings.entries()) {
    if (string !== '') result.push(string)
    const piece = pieces[index]
    if (piece !== undefined) result.push(piece)
  }
  return result
}

/** The same, with all of the template's own text mapped to one place. */
export function textAt(at: number): (strings: TemplateStringsArray, ...pieces: Piece[]) => Piece {
  return (strings, ...pieces) => {
    const result: Piece[] = []
    for (const [index, string] of strings.entries()) {
      if (string !== '') result.push(mapped(string, at))
      const piece = pieces[index]
      if (piece !== undefined) result.push(typeof piece === 'string' ? mapped(piece, at) : piece)
    }
    return result
  }
}

export function join(pieces: readonly Piece[], separator: string): Piece {
  return pieces.flatMap((piece, index) => (index === 0 ? [piece] : [separator, piece]))
}

/** First character that the piece will write. */
export function firstCharacter(piece: Piece, source: string): string {
  if (typeof piece === 'string') return piece.slice(0, 1)
  if ('text' in piece) return piece.text.slice(0, 1)
  if ('start' in piece) return source.slice(piece.start, Math.min(piece.end, piece.start + 1))
  for (const part of piece) {
    const found = firstCharacter(part, source)
    if (found !== '') return found
  }
  return ''
}

/** Line (0-based) and column (0-based) of offsets. */
export class Lines {
  readonly #starts: number[] = [0]

  constructor(source: string) {
    for (const match of source.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) this.#starts.push(match.index + match[0].length)
  }

  locate(offset: number): { line: number; column: number } {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] as number) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low, column: offset - (this.#starts[low] as number) }
  }
}

type Segment = [column: number, source: number, line: number, sourceColumn: number]

const word = /[\w$]/

export function write(piece: Piece, source: string, lines: Lines, file: string): { code: string; map: SourceMap } {
  const writer = new Writer(source, lines)
  writer.visit(piece)
  return {
    code: writer.out.join(''),
    map: new SourceMap({ file, sources: [file], sourcesContent: [source], names: [], mappings: writer.mappings }),
  }
}

class Writer {
  readonly out: string[] = []
  readonly mappings: Segment[][] = [[]]
  readonly #source: string
  readonly #lines: Lines
  /** Segments of the current line. */
  #line: Segment[] = this.mappings[0] as Segment[]
  #column = 0
  #last = ''
  /** Where the slice written last ends in the source; -1 after generated text. */
  #sliceEnd = -1

  constructor(source: string, lines: Lines) {
    this.#source = source
    this.#lines = lines
  }

  visit(piece: Piece): void {
    if (typeof piece === 'string') this.#generated(piece, -1)
    else if ('text' in piece) this.#generated(piece.text, piece.at)
    else if ('start' in piece) this.#slice(piece.start, piece.end)
    else for (const part of piece) this.visit(part)
  }

  #generated(given: string, at: number): void {
    if (given === '') return
    // In a string literal these two are lines to the engine, though not to us.
    const string = given.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
    this.#separate(string)
    if (at >= 0) {
      const { line, column } = this.#lines.locate(at)
      this.#line.push([this.#column, 0, line, column])
    }
    this.#append(string)
    for (const part of string.split('\n').slice(1)) {
      this.#break()
      this.#column = part.length
    }
    if (!string.includes('\n')) this.#column += string.length
    this.#sliceEnd = -1
  }

  /** A segment for the start of the slice, of each word, of each line, and where a call begins that no word precedes. */
  #slice(start: number, end: number): void {
    if (start >= end) return
    const string = this.#source.slice(start, end)
    if (this.#sliceEnd !== start) this.#separate(string)
    this.#append(string)
    this.#sliceEnd = end
    let { line, column } = this.#lines.locate(start)
    this.#line.push([this.#column, 0, line, column])
    let done = 0
    for (const match of string.matchAll(/[\w$]+|(?<=[)\]}`.])\(|\r\n|[\n\r\u2028\u2029]/g)) {
      const [token] = match
      const passed = match.index - done
      done = match.index
      column += passed
      this.#column += passed
      if (token === '(' || word.test(token)) {
        if (match.index > 0) this.#line.push([this.#column, 0, line, column])
        continue
      }
      done += token.length
      line++
      column = 0
      this.#break()
    }
    this.#column += string.length - done
  }

  #append(string: string): void {
    this.out.push(string)
    this.#last = string.at(-1) as string
  }

  #break(): void {
    this.#line = []
    this.mappings.push(this.#line)
    this.#column = 0
  }

  /** Keeps apart what the source had apart: `return(x)=>x` may become `return $h.attach(…)`. */
  #separate(next: string): void {
    if (!word.test(this.#last) || !word.test(next[0] as string)) return
    this.out.push(' ')
    this.#column++
  }
}
