/** The style of the page. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--paper:#f6f7f8;--card:#fff;--ink:#1a1f26;--quiet:#59636e;--line:#dfe3e8;--link:#0b57b4;--focus:#0b57b4;
--stop:#b3261e;--on-stop:#fff;--warn:#f4c152;--on-warn:#2b2000;--observe:#dbe9fb;--on-observe:#123e73;--exempt:#e6dcf7;--on-exempt:#47297f;
--unknown:#e6e8eb;--on-unknown:#353d46;--pass:#186b3b;--faint:#8a939d;--hot:#fff3c4;--shade:#0000000f}
@media (prefers-color-scheme:dark){:root{--paper:#12161b;--card:#1a2027;--ink:#e7eaee;--quiet:#a3adb8;--line:#303944;--link:#8cbcff;--focus:#8cbcff;
--stop:#f2685f;--on-stop:#240503;--warn:#c9932b;--on-warn:#1c1300;--observe:#1d3a5f;--on-observe:#cfe3ff;--exempt:#3d2f5f;--on-exempt:#e3d7ff;
--unknown:#39424d;--on-unknown:#e2e6ea;--pass:#6cd398;--faint:#7c8793;--hot:#4a3d12;--shade:#0006}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
main,header,footer{max-width:96rem;margin:0 auto;padding:0 clamp(1rem,3vw,2.5rem)}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:3px}
code{font:.875em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.u{font:.75em ui-monospace,monospace;border:1px solid;border-radius:3px;padding:0 .2em;margin:0 .1em;white-space:nowrap;color:var(--stop)}
.v{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:1rem;top:-4rem;background:var(--card);padding:.5rem 1rem;border-radius:0 0 6px 6px;z-index:9}
.skip:focus{top:0}
header{padding-top:2rem}
.kind{margin:0;color:var(--quiet);font-size:.875rem}
h1{font-size:clamp(1.4rem,2.6vw,2rem);line-height:1.2;margin:.25rem 0 1rem;text-wrap:balance;max-width:60rem}
h2{font-size:1.2rem;line-height:1.3;margin:0 0 .75rem}
h3{font-size:1rem;margin:0}
section{margin:2rem 0}
.facts{display:flex;flex-wrap:wrap;gap:.25rem 2rem;margin:0;font-size:.875rem}
.facts div{display:flex;gap:.5rem}
dt{color:var(--quiet)}
dd{margin:0;overflow-wrap:anywhere}
.top{display:grid;grid-template-columns:minmax(0,1.1fr) minmax(0,1fr);gap:1.5rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1.25rem 1.5rem;margin:0 0 1.5rem}
.top .card{margin:0}
.top{margin:1.5rem 0}
.radius{font-size:1.5rem;line-height:1.25;margin:0 0 .5rem;text-wrap:balance}
.radius strong{color:var(--stop)}
.radius.none strong{color:var(--pass)}
.people{margin:0;color:var(--quiet)}
.counts{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;list-style:none;padding:1rem 0 0;margin:1rem 0 0;border-top:1px solid var(--line)}
.counts li{display:flex;align-items:center;gap:.5rem}
.counts b{font-variant-numeric:tabular-nums}
.mark{display:inline-grid;place-items:center;min-width:1.6rem;height:1.6rem;border-radius:5px;font-weight:700}
.level{display:inline-block;font-size:.75rem;line-height:1.2;padding:.1rem .45rem;border:1px solid var(--line);border-radius:9px;color:var(--quiet);font-weight:400;white-space:nowrap}
.level.block{border-color:var(--stop);color:var(--stop)}
.level.warn{border-style:dashed;border-color:var(--warn)}
.level.observe{border-style:dotted;border-color:var(--faint)}
form{display:flex;flex-wrap:wrap;gap:.75rem 1.25rem;align-items:end;margin:0 0 .75rem}
form[hidden]{display:none}
label{display:grid;gap:.2rem;font-size:.8125rem;color:var(--quiet)}
input,select,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--faint);border-radius:6px;padding:.35rem .6rem}
button{cursor:pointer}
output{color:var(--quiet);font-size:.875rem;padding:.4rem 0}
.scroll{overflow:auto;background:var(--card);border:1px solid var(--line);border-radius:10px}
table{border-collapse:separate;border-spacing:0;font-size:.875rem}
th{text-align:left;font-weight:600}
th,td{border-bottom:1px solid var(--line);padding:.45rem .6rem;vertical-align:middle}
.tall{max-height:90vh}
.matrix{min-width:100%}
.matrix thead{position:sticky;top:0;z-index:3}
.matrix thead th,.matrix thead td:not([class]),.p,.n{background:var(--card)}
.matrix thead th{vertical-align:bottom}
.matrix td{position:relative}
.matrix:not(.narrow) .w{min-width:7.5rem}
.matrix thead tr:last-child>*{border-bottom:2px solid var(--faint)}
.matrix tr>:first-child{position:sticky;left:0;z-index:2;background:var(--card);border-right:1px solid var(--line);min-width:15rem;max-width:26rem}
.matrix .owner{display:block;font-weight:400;color:var(--quiet);font-size:.75rem;overflow-wrap:anywhere}
.matrix .group>*{background:var(--paper);padding-top:.7rem}
.matrix .group>:first-child{background:var(--paper);color:var(--quiet);font-family:ui-monospace,monospace;font-weight:400;border-right:0}
.matrix tbody th{font-weight:400}
.name{display:flex;justify-content:space-between;gap:.75rem;align-items:baseline}
.matrix td:nth-child(2){white-space:nowrap;color:var(--quiet);font-size:.8125rem}
.matrix tbody tr:not(.group):hover>*{box-shadow:inset 0 0 0 99px var(--shade)}
.matrix .hot{box-shadow:inset 0 0 0 99px var(--hot)}
td a{color:inherit;text-decoration-thickness:1px;text-underline-offset:.2em}
.fb{background:var(--stop);color:var(--on-stop)}
.fw{background:var(--warn);color:var(--on-warn)}
.fo{background:var(--observe);color:var(--on-observe)}
.e{background:var(--exempt);color:var(--on-exempt)}
.q{background:var(--unknown);color:var(--on-unknown)}
.p{color:var(--pass)}
.n{color:var(--quiet)}
.matrix td[class]{border-left:1px solid var(--line)}
.matrix :is(td,td>a)::before{font-weight:700}
.fb::before,.fw::before,.fo::before{content:"✗ ";content:"✗ "/""}
.e::before{content:"◐ ";content:"◐ "/""}
.q::before{content:"? ";content:"? "/""}
.p::before{content:"✓ ";content:"✓ "/""}
.n::before{content:"– ";content:"– "/""}
.mark::before,.bar::before{content:none!important}
.narrow td[class]{text-align:center;padding:0;min-width:2rem;height:1.9rem;font-weight:700;white-space:nowrap}
.narrow tr>:first-child{min-width:22rem}
.narrow td a{text-decoration:none}
.narrow td a::after{content:"";position:absolute;inset:0}
.narrow td.n,.narrow td.p{font-weight:400}
.narrow thead th.w{padding:.5rem 0;text-align:center}
.narrow th.w>span{writing-mode:vertical-rl;rotate:180deg;max-height:17rem;line-height:1.2;overflow-wrap:anywhere}
.narrow tbody th,.narrow td{padding-block:.2rem}
article{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1rem 1.5rem;margin:0 0 1rem}
.head{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline}
.head .feature{color:var(--quiet);font:.875rem ui-monospace,monospace}
article>p{margin:.15rem 0 .5rem;color:var(--quiet)}
details{border-top:1px solid var(--line);padding:.5rem 0}
details:last-child{padding-bottom:0}
summary{cursor:pointer}
summary .people{font-size:.875rem}
:target{scroll-margin-top:1rem}
details:target>summary{background:var(--hot);color:var(--ink)}
.resources{list-style:none;margin:.5rem 0 .25rem;padding:0}
.resources li{padding:.4rem 0 .4rem 1rem;border-left:3px solid var(--line);margin:.3rem 0}
.resources li.f{border-color:var(--stop)}
.resources li.x{border-color:var(--on-exempt)}
.resources p{margin:.1rem 0 0;white-space:pre-line;overflow-wrap:anywhere}
.why{color:var(--quiet);white-space:pre-line;overflow-wrap:anywhere}
.changes{margin:0;padding:0;list-style:none}
.changes>li{display:grid;grid-template-columns:8.5rem minmax(0,1fr);padding:.5rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
.changes p,.changes ul{margin:.1rem 0 0;color:var(--quiet)}
.changes ul{padding-left:1.1rem}
.changes>li:first-child{border:0}
.what,.changes .feature{color:var(--quiet)}
.plain{width:100%}
.plain td,.plain th{vertical-align:top}
.wide{overflow-x:auto}
svg{display:block;width:100%;height:auto;margin-top:.25rem}
svg text{font:12px system-ui,sans-serif;fill:var(--quiet)}
svg .now{fill:var(--ink);font-weight:600}
.axis{stroke:var(--line)}
.bar.fb{fill:var(--stop)}
.bar.e{fill:var(--exempt);stroke:var(--on-exempt)}
.bar.q{fill:url(#hatch);stroke:var(--on-unknown)}
.hatch{stroke:var(--on-unknown);stroke-width:2}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0;margin:.5rem 0;font-size:.8125rem;color:var(--quiet)}
.key svg{display:inline-block;width:.9rem;height:.9rem;vertical-align:-.1rem;margin:0 .4rem 0 0}
dialog{max-width:min(46rem,92vw);border:1px solid var(--line);border-radius:12px;background:var(--card);color:var(--ink);padding:1.5rem}
dialog::backdrop{background:#0008}
dialog .act{display:flex;gap:1rem;align-items:center;margin:1rem 0 0}
footer{color:var(--quiet);font-size:.8125rem;padding-bottom:3rem}
@media (max-width:60rem){.top{grid-template-columns:minmax(0,1fr)}.matrix tr>:first-child{min-width:9rem;max-width:45vw}.changes>li{grid-template-columns:minmax(0,1fr)}.name{display:block}}
@media print{@page{size:A4 landscape;margin:10mm}
:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--quiet:#444;--line:#bbb;--link:#000;--stop:#b3261e;--on-stop:#fff;--warn:#f4c152;--on-warn:#000;
--observe:#dbe9fb;--on-observe:#000;--exempt:#e6dcf7;--on-exempt:#000;--unknown:#e6e8eb;--on-unknown:#000;--pass:#186b3b;--faint:#777}
body{font-size:10pt}*{print-color-adjust:exact}
main,header,footer{max-width:none;padding:0}
.skip,form,dialog,.screen{display:none!important}
.scroll{overflow:visible;max-height:none;border:0}.top{grid-template-columns:1fr 1fr}
.matrix thead,.matrix tr>:first-child{position:static}
.matrix tr>:first-child{min-width:0}
.narrow{font-size:6.5pt}.narrow td[class]{min-width:0;height:auto}.narrow th,.narrow td{padding:.1rem}
tr,li,.card{break-inside:avoid}h2,h3,summary{break-after:avoid}
details:not([open])::details-content{content-visibility:visible;block-size:auto}
a{text-decoration:none}}
`;
