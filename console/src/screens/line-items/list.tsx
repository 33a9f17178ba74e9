export function LineItems() {
  return null;
}
