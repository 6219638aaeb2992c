import type { Reading } from './input.ts'
import { MarkerSet } from './markers.ts'
import type { Turn } from './turn.ts'
import type { Kinds } from './value-kinds.ts'

/** What a parameter's opening tag says. */
export interface ParameterTag {
  /** Undefined where the tag lost it. */
  key: string | undefined
  /** What the tag itself says of the value, against any schema; `json`: it is JSON. Default: the schema decides. */
  kinds?: Kinds | 'json'
}

/** What a call's opening tag says: the tool's name, that it is no call at all, or that the text stopped inside it. */
export type CallTag = { kind: 'call'; name: string } | { kind: 'prose' } | { kind: 'cut' }

/** How a call is written whose arguments are raw text between tags. */
export interface TagRules {
  /** Reads the rest of the call's opening tag. */
  readTag(turn: Turn): Reading<CallTag>
  /** Only offered tools are called, since the tag may as well be part of an answer. Default false. */
  offeredOnly?: boolean
  /**
   * The parameter's opening tag: all between `open` and `end` says what it is; undefined: it is no such tag. `within`
   * is a tag that may stand between the two.
   */
  parameter: { open: string; end: string; within?: string; read(header: string): ParameterTag | undefined }
  /** Ends a value. */
  close: string
  /** Ends the call. */
  end: string
  /** What may follow the call, besides prose. */
  after: readonly string[]
  /** One line break after a value's opening tag and one before its closing one are framing. Default false. */
  lineFraming?: boolean
  /** A value may stand in `<![CDATA[…]]>`. Default false. */
  cdata?: boolean
  /** All arguments may come as one JSON object instead, up to the end of the call; an `open` that is `{` is part of it. */
  json?: { open: string; close: string }
}

export const cdataOpen = '<![CDATA['
export const cdataClose = ']]>'

/** {@link TagRules} made ready to look for. */
export class TagMarkers {
  /** What may stand between parameters. */
  readonly level: MarkerSet
  /** What may end a value, if the right thing follows. */
  readonly ends: MarkerSet
  /** What follows a value's own closing tag. */
  readonly afterValue: MarkerSet
  /** What follows the call's closing tag where the value's own is missing. */
  readonly afterCall: MarkerSet
  /** How a value in CDATA begins and ends. */
  readonly cdata = new MarkerSet([cdataOpen])
  readonly cdataEnd = new MarkerSet([cdataClose])
  readonly close: MarkerSet

  constructor({ parameter, close, end, after, json }: TagRules) {
    this.level = new MarkerSet([parameter.open, end, ...after, ...(json ? [json.open] : [])])
    this.ends = new MarkerSet([close, parameter.open, end])
    this.afterValue = new MarkerSet([parameter.open, end, ...after])
    this.afterCall = new MarkerSet(after)
    this.close = new MarkerSet([close])
  }
}
