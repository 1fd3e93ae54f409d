import { LabIcon } from '@jupyterlab/ui-components';

/** Choices as points, and the line that an equation draws through them. */
export const spiceIcon = new LabIcon({
  name: 'spice-nb:spice',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path d="M3 20C8 20 9 6 21 5" fill="none" stroke="#CC79A7" stroke-width="3" stroke-linecap="round"/>
  <g fill="#0072B2"><circle cx="6" cy="14" r="2"/><circle cx="12" cy="15" r="2"/><circle cx="14" cy="5" r="2"/></g>
</svg>`
});
