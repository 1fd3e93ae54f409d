"use strict";(self.rspackChunkspice_nb=self.rspackChunkspice_nb||[]).push([[700],{"./node_modules/css-loader/dist/cjs.js!./style/index.css"(e,t,o){var r=o("./node_modules/css-loader/dist/runtime/noSourceMaps.js"),n=o.n(r),s=o("./node_modules/css-loader/dist/runtime/api.js"),i=(o.n(s))()(n());i.push([e.id,`.spice-model {
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
.jp-OutputArea .spice-model h2 { font-size: 17px; }
.jp-OutputArea .spice-model h3 { margin-top: 16px; font-size: 14px; }
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
/* Not \`anywhere\`, which would narrow columns of names to a letter. */
.spice-model td { max-width: 480px; overflow-wrap: break-word; white-space: pre-line; }
.spice-model td:first-child { max-width: none; white-space: nowrap; }
.spice-model td.spice-model-equation { padding-left: 8px; border-left: 3px solid var(--spice-equation);
  max-width: none; font-family: var(--jp-code-font-family); white-space: nowrap; }
.spice-model td.spice-model-equation ~ td:last-child { min-width: 280px; }
.spice-model div + p { margin-top: 8px; }
.spice-model-pager input { width: 200px; height: 32px; box-sizing: border-box; font-size: 13px; }
`,""]),o.d(t,{},{A:i})},"./node_modules/css-loader/dist/runtime/api.js"(e){e.exports=function(e){var t=[];return t.toString=function(){return this.map(function(t){var o="",r=void 0!==t[5];return t[4]&&(o+="@supports (".concat(t[4],") {")),t[2]&&(o+="@media ".concat(t[2]," {")),r&&(o+="@layer".concat(t[5].length>0?" ".concat(t[5]):""," {")),o+=e(t),r&&(o+="}"),t[2]&&(o+="}"),t[4]&&(o+="}"),o}).join("")},t.i=function(e,o,r,n,s){"string"==typeof e&&(e=[[null,e,void 0]]);var i={};if(r)for(var a=0;a<this.length;a++){var l=this[a][0];null!=l&&(i[l]=!0)}for(var d=0;d<e.length;d++){var p=[].concat(e[d]);r&&i[p[0]]||(void 0!==s&&(void 0===p[5]||(p[1]="@layer".concat(p[5].length>0?" ".concat(p[5]):""," {").concat(p[1],"}")),p[5]=s),o&&(p[2]&&(p[1]="@media ".concat(p[2]," {").concat(p[1],"}")),p[2]=o),n&&(p[4]?(p[1]="@supports (".concat(p[4],") {").concat(p[1],"}"),p[4]=n):p[4]="".concat(n)),t.push(p))}},t}},"./node_modules/css-loader/dist/runtime/noSourceMaps.js"(e){e.exports=function(e){return e[1]}},"./node_modules/style-loader/dist/runtime/injectStylesIntoStyleTag.js"(e){var t=[];function o(e){for(var o=-1,r=0;r<t.length;r++)if(t[r].identifier===e){o=r;break}return o}function r(e,r){for(var n={},s=[],i=0;i<e.length;i++){var a=e[i],l=r.base?a[0]+r.base:a[0],d=n[l]||0,p="".concat(l," ").concat(d);n[l]=d+1;var c=o(p),u={css:a[1],media:a[2],sourceMap:a[3],supports:a[4],layer:a[5]};if(-1!==c)t[c].references++,t[c].updater(u);else{var m=function(e,t){var o=t.domAPI(t);return o.update(e),function(t){t?(t.css!==e.css||t.media!==e.media||t.sourceMap!==e.sourceMap||t.supports!==e.supports||t.layer!==e.layer)&&o.update(e=t):o.remove()}}(u,r);r.byIndex=i,t.splice(i,0,{identifier:p,updater:m,references:1})}s.push(p)}return s}e.exports=function(e,n){var s=r(e=e||[],n=n||{});return function(e){e=e||[];for(var i=0;i<s.length;i++){var a=o(s[i]);t[a].references--}for(var l=r(e,n),d=0;d<s.length;d++){var p=o(s[d]);0===t[p].references&&(t[p].updater(),t.splice(p,1))}s=l}}},"./node_modules/style-loader/dist/runtime/insertBySelector.js"(e){var t={};e.exports=function(e,o){var r=function(e){if(void 0===t[e]){var o=document.querySelector(e);if(window.HTMLIFrameElement&&o instanceof window.HTMLIFrameElement)try{o=o.contentDocument.head}catch(e){o=null}t[e]=o}return t[e]}(e);if(!r)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");r.appendChild(o)}},"./node_modules/style-loader/dist/runtime/insertStyleElement.js"(e){e.exports=function(e){var t=document.createElement("style");return e.setAttributes(t,e.attributes),e.insert(t,e.options),t}},"./node_modules/style-loader/dist/runtime/setAttributesWithoutAttributes.js"(e,t,o){e.exports=function(e){var t=o.nc;t&&e.setAttribute("nonce",t)}},"./node_modules/style-loader/dist/runtime/styleDomAPI.js"(e){e.exports=function(e){if("u"<typeof document)return{update:function(){},remove:function(){}};var t=e.insertStyleElement(e);return{update:function(o){var r,n,s;r="",o.supports&&(r+="@supports (".concat(o.supports,") {")),o.media&&(r+="@media ".concat(o.media," {")),(n=void 0!==o.layer)&&(r+="@layer".concat(o.layer.length>0?" ".concat(o.layer):""," {")),r+=o.css,n&&(r+="}"),o.media&&(r+="}"),o.supports&&(r+="}"),(s=o.sourceMap)&&"u">typeof btoa&&(r+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(s))))," */")),e.styleTagTransform(r,t,e.options)},remove:function(){var e;null===(e=t).parentNode||e.parentNode.removeChild(e)}}}},"./node_modules/style-loader/dist/runtime/styleTagTransform.js"(e){e.exports=function(e,t){if(t.styleSheet)t.styleSheet.cssText=e;else{for(;t.firstChild;)t.removeChild(t.firstChild);t.appendChild(document.createTextNode(e))}}},"./style/index.js"(e,t,o){var r=o("./node_modules/style-loader/dist/runtime/injectStylesIntoStyleTag.js"),n=o.n(r),s=o("./node_modules/style-loader/dist/runtime/styleDomAPI.js"),i=o.n(s),a=o("./node_modules/style-loader/dist/runtime/insertBySelector.js"),l=o.n(a),d=o("./node_modules/style-loader/dist/runtime/setAttributesWithoutAttributes.js"),p=o.n(d),c=o("./node_modules/style-loader/dist/runtime/insertStyleElement.js"),u=o.n(c),m=o("./node_modules/style-loader/dist/runtime/styleTagTransform.js"),f=o.n(m),h=o("./node_modules/css-loader/dist/cjs.js!./style/index.css"),y={};y.styleTagTransform=f(),y.setAttributes=p(),y.insert=l().bind(null,"head"),y.domAPI=i(),y.insertStyleElement=u(),n()(h.A,y),h.A&&h.A.locals&&h.A.locals}}]);