/** Follows the system's light or dark colours, and narrow screens. */
export const pageStyle = `
:root { color-scheme: light dark; --line: light-dark(#d8dce3, #383d47); --soft: light-dark(#f5f6f8, #1e2127); --link: light-dark(#0b57d0, #8ab4f8) }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; font: 16px/1.55 system-ui, sans-serif; color: light-dark(#1b1f24, #e3e6ea); background: light-dark(#fff, #15171b) }
a { color: var(--link) }
h1 small { font-size: 1rem; font-weight: 400 }
h2 { margin: 2.5rem 0 .25rem; text-transform: capitalize }
h4 { margin: 1rem 0 .25rem }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem }
code, pre { font: 14px/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
pre { margin: .25rem 0; padding: .75rem; overflow-x: auto; overflow-wrap: normal; background: var(--soft); border-radius: 6px }
details { margin: .5rem 0; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: 6px }
details[open] { padding-bottom: 1rem }
summary { cursor: pointer }
summary span { display: inline-block; margin-left: .5rem }
summary b { display: inline-block; min-width: 3.6rem; padding: 0 .35rem; text-align: center; text-transform: uppercase; font-size: .75rem; border-radius: 4px; color: #fff; background: #5f6368 }
summary b.get { background: #1a6e3c }
summary b.post { background: #0b57d0 }
summary b.patch { background: #8a4b00 }
summary b.delete { background: #b3261e }
dl { margin: 0 }
dd { margin: 0 0 .5rem }
.answer { margin: .5rem 0; padding-left: .75rem; border-left: 3px solid var(--line) }
small { color: light-dark(#5b626b, #a4abb5) }
`
