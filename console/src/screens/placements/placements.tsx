export function Placements() {
  return null;
}
