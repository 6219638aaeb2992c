import { type Declarations, toPixels } from './style-declarations.ts'

/** Further out than any screen, in pixels. */
const offScreen = -500

/** Letters smaller than this are not for reading, in pixels. */
const smallestLetter = 3

/** A hundredth of the usual size, in pixels. */
const letterPercent = 0.16

/** Whether an element with these declarations shows nothing of itself or of what is inside. */
export function isHiding(style: Declarations): boolean {
  return isSwitchedOff(style) || isTiny(style) || isOutOfSight(style) || isTransparent(style)
}

function isSwitchedOff(style: Declarations): boolean {
  return (
    style.get('display') === 'none' ||
    /^(?:hidden|collapse)$/.test(style.get('visibility') ?? '') ||
    style.get('content-visibility') === 'hidden'
  )
}

function isTiny(style: Declarations): boolean {
  const letter = toPixels(style.get('font-size'), letterPercent)
  if (letter !== undefined && letter < smallestLetter) return true
  if (/^scale[xy3d]*\(\s*0\s*[,)]/.test(style.get('transform') ?? '')) return true
  if (!/hidden|clip/.test(style.get('overflow') ?? '')) return false
  return ['width', 'height', 'max-width', 'max-height'].some((side) => {
    const pixels = toPixels(style.get(side))
    return pixels !== undefined && pixels <= 1
  })
}

function isOutOfSight(style: Declarations): boolean {
  if (/^rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?\s*\)$/.test(style.get('clip') ?? ''))
    return true
  if (/^(?:inset\(\s*(?:[5-9]\d|100)%|circle\(\s*0)/.test(style.get('clip-path') ?? '')) return true
  if (/^translate[xy3d]*\(\s*-\d{4,}/.test(style.get('transform') ?? '')) return true
  if (isFarOut(style.get('text-indent')) || isFarOut(style.get('margin-left')) || isFarOut(style.get('margin-top')))
    return true
  if (!/^(?:absolute|fixed|relative)$/.test(style.get('position') ?? '')) return false
  return ['left', 'top', 'right', 'bottom'].some((side) => isFarOut(style.get(side)))
}

function isFarOut(length: string | undefined): boolean {
  return (toPixels(length) ?? 0) <= offScreen
}

/** Not where a script is about to fade it in: animated pages send all they have like that. */
function isTransparent(style: Declarations): boolean {
  if (style.get('color') === 'transparent' && !isCutOut(style)) return true
  const isAnimated = ['transform', 'transition', 'will-change', 'animation'].some((name) => style.has(name))
  return !isAnimated && /^(?:0+(?:\.0*)?|\.0+)%?$/.test(style.get('opacity') ?? '')
}

/** Letters through which a background is seen. */
function isCutOut(style: Declarations): boolean {
  return style.get('background-clip') === 'text' || style.get('-webkit-background-clip') === 'text'
}
