"use strict";(self.rspackChunkspice_nb=self.rspackChunkspice_nb||[]).push([[700],{646(e,t,o){var r=o(601),n=o.n(r),a=o(314),i=(o.n(a))()(n());i.push([e.id,`.spice-model {
  --spice-equation: #cc79a7;
  box-sizing: border-box;
  height: 100%;
  padding: 16px;
  overflow: auto;
  color: var(--jp-content-font-color1);
  background: var(--jp-layout-color0);
  font-family: var(--jp-content-font-family);
  font-size: var(--jp-content-font-size1);
  line-height: 1.5;
}
body[data-spice-palette='theme'] .spice-model { --spice-equation: var(--jp-brand-color1); }
body[data-spice-palette='none'] .spice-model { --spice-equation: transparent; }
.jp-OutputArea .spice-model { height: auto; padding: 8px 0; background: none; }
.spice-model:focus-visible { outline: 2px solid var(--jp-brand-color1); outline-offset: -2px; }
.spice-model h2 { margin: 0; font-size: 20px; font-weight: 600; overflow-wrap: anywhere; }
.spice-model h3 { margin: 24px 0 8px; font-size: 17px; font-weight: 600; overflow-wrap: anywhere; }
.spice-model h4 { margin: 16px 0 0; font-size: 14px; font-weight: 600; overflow-wrap: anywhere; }
.spice-model p { margin: 0 0 8px; overflow-wrap: anywhere; }
.spice-model pre { margin: 8px 0 0; font-family: var(--jp-code-font-family); font-size: 13px; white-space: pre-wrap;
  overflow-wrap: anywhere; }
.spice-model summary { margin-top: 24px; font-weight: 600; cursor: pointer; }
.spice-model-quiet { color: var(--jp-content-font-color2); }
.spice-model-problem { max-width: 720px; padding: 4px 0 4px 12px; border-left: 3px solid #d55e00; }
.spice-model-pager { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin: 8px 0; }
.spice-model-pager [aria-disabled='true'] { opacity: 0.5; cursor: default; }
.spice-model-table { overflow-x: auto; }
.spice-model table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
.spice-model th, .spice-model td { padding: 4px 16px 4px 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--jp-border-color2); }
.spice-model td { max-width: 480px; overflow-wrap: anywhere; }
.spice-model td.spice-model-equation { padding-left: 8px; border-left: 3px solid var(--spice-equation);
  font-family: var(--jp-code-font-family); white-space: nowrap; }
`,""]),o.d(t,{},{A:i})},314(e){e.exports=function(e){var t=[];return t.toString=function(){return this.map(function(t){var o="",r=void 0!==t[5];return t[4]&&(o+="@supports (".concat(t[4],") {")),t[2]&&(o+="@media ".concat(t[2]," {")),r&&(o+="@layer".concat(t[5].length>0?" ".concat(t[5]):""," {")),o+=e(t),r&&(o+="}"),t[2]&&(o+="}"),t[4]&&(o+="}"),o}).join("")},t.i=function(e,o,r,n,a){"string"==typeof e&&(e=[[null,e,void 0]]);var i={};if(r)for(var p=0;p<this.length;p++){var c=this[p][0];null!=c&&(i[c]=!0)}for(var s=0;s<e.length;s++){var l=[].concat(e[s]);r&&i[l[0]]||(void 0!==a&&(void 0===l[5]||(l[1]="@layer".concat(l[5].length>0?" ".concat(l[5]):""," {").concat(l[1],"}")),l[5]=a),o&&(l[2]&&(l[1]="@media ".concat(l[2]," {").concat(l[1],"}")),l[2]=o),n&&(l[4]?(l[1]="@supports (".concat(l[4],") {").concat(l[1],"}"),l[4]=n):l[4]="".concat(n)),t.push(l))}},t}},601(e){e.exports=function(e){return e[1]}},72(e){var t=[];function o(e){for(var o=-1,r=0;r<t.length;r++)if(t[r].identifier===e){o=r;break}return o}function r(e,r){for(var n={},a=[],i=0;i<e.length;i++){var p=e[i],c=r.base?p[0]+r.base:p[0],s=n[c]||0,l="".concat(c," ").concat(s);n[c]=s+1;var d=o(l),u={css:p[1],media:p[2],sourceMap:p[3],supports:p[4],layer:p[5]};if(-1!==d)t[d].references++,t[d].updater(u);else{var f=function(e,t){var o=t.domAPI(t);return o.update(e),function(t){t?(t.css!==e.css||t.media!==e.media||t.sourceMap!==e.sourceMap||t.supports!==e.supports||t.layer!==e.layer)&&o.update(e=t):o.remove()}}(u,r);r.byIndex=i,t.splice(i,0,{identifier:l,updater:f,references:1})}a.push(l)}return a}e.exports=function(e,n){var a=r(e=e||[],n=n||{});return function(e){e=e||[];for(var i=0;i<a.length;i++){var p=o(a[i]);t[p].references--}for(var c=r(e,n),s=0;s<a.length;s++){var l=o(a[s]);0===t[l].references&&(t[l].updater(),t.splice(l,1))}a=c}}},659(e){var t={};e.exports=function(e,o){var r=function(e){if(void 0===t[e]){var o=document.querySelector(e);if(window.HTMLIFrameElement&&o instanceof window.HTMLIFrameElement)try{o=o.contentDocument.head}catch(e){o=null}t[e]=o}return t[e]}(e);if(!r)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");r.appendChild(o)}},540(e){e.exports=function(e){var t=document.createElement("style");return e.setAttributes(t,e.attributes),e.insert(t,e.options),t}},56(e,t,o){e.exports=function(e){var t=o.nc;t&&e.setAttribute("nonce",t)}},825(e){e.exports=function(e){if("u"<typeof document)return{update:function(){},remove:function(){}};var t=e.insertStyleElement(e);return{update:function(o){var r,n,a;r="",o.supports&&(r+="@supports (".concat(o.supports,") {")),o.media&&(r+="@media ".concat(o.media," {")),(n=void 0!==o.layer)&&(r+="@layer".concat(o.layer.length>0?" ".concat(o.layer):""," {")),r+=o.css,n&&(r+="}"),o.media&&(r+="}"),o.supports&&(r+="}"),(a=o.sourceMap)&&"u">typeof btoa&&(r+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(a))))," */")),e.styleTagTransform(r,t,e.options)},remove:function(){var e;null===(e=t).parentNode||e.parentNode.removeChild(e)}}}},113(e){e.exports=function(e,t){if(t.styleSheet)t.styleSheet.cssText=e;else{for(;t.firstChild;)t.removeChild(t.firstChild);t.appendChild(document.createTextNode(e))}}},959(e,t,o){var r=o(72),n=o.n(r),a=o(825),i=o.n(a),p=o(659),c=o.n(p),s=o(56),l=o.n(s),d=o(540),u=o.n(d),f=o(113),m=o.n(f),v=o(646),h={};h.styleTagTransform=m(),h.setAttributes=l(),h.insert=c().bind(null,"head"),h.domAPI=i(),h.insertStyleElement=u(),n()(v.A,h),v.A&&v.A.locals&&v.A.locals}}]);