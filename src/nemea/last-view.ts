/** A DataView of an array, cached for the last array: consecutive calls mostly have the same one. */
export class LastView {
	#array: Uint8Array | Int8Array = new Uint8Array(0);
	#view: DataView = new DataView(this.#array.buffer);

	of(array: Uint8Array | Int8Array): DataView {
		if (array !== this.#array) {
			this.#array = array;
			this.#view = new DataView(array.buffer, array.byteOffset, array.byteLength);
		}
		return this.#view;
	}
}
