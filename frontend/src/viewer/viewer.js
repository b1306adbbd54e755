// The part in 3D: turned by drag, touch, buttons or keys; drawn only when something changed.
import {
  AmbientLight, BufferAttribute, BufferGeometry, Color, DirectionalLight, GridHelper, HemisphereLight, LineBasicMaterial, LineSegments, Mesh,
  MeshStandardMaterial, PerspectiveCamera, Plane, Scene, Vector3, WebGLRenderer, DoubleSide,
} from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";

const STEP_RAD = Math.PI / 8;
const ZOOM_STEP = 1.25;
const VIEW_DIRECTION = new Vector3(0.62, -1, 0.62).normalize();

export class Viewer {
  /**
   * @param {HTMLElement} host where the canvas goes; its size is followed
   * @param {() => number} [covered] how many pixels of its width something else covers, negative at its left
   */
  constructor(host, covered = () => 0) {
    this.host = host;
    this.covered = covered;
    /** Of the width that is free over the height. */
    this.aspect = 1;
    this.renderer = new WebGLRenderer({ antialias: true, alpha: true });
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio, 2));
    this.renderer.localClippingEnabled = true;
    host.append(this.renderer.domElement);
    this.scene = new Scene();
    this.camera = new PerspectiveCamera(32, 1, 0.5, 5000);
    this.camera.up.set(0, 0, 1);
    this.section = new Plane(new Vector3(0, 1, 0), 0);
    this.material = new MeshStandardMaterial({ color: new Color("#d9744a"), roughness: 0.7, polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 1, metalness: 0, side: DoubleSide });
    this.mesh = new Mesh(new BufferGeometry(), this.material);
    this.lines = new LineSegments(new BufferGeometry(), new LineBasicMaterial({ color: "#000000", transparent: true, opacity: 0.38 }));
    this.mesh.add(this.lines);
    this.scene.add(this.mesh, ...lights(this.camera));
    this.scene.add(this.camera);
    /** @type {GridHelper | null} */
    this.grid = null;
    this.controls = new OrbitControls(this.camera, this.renderer.domElement);
    this.controls.enablePan = false;
    this.controls.enableDamping = false;
    this.controls.addEventListener("change", () => this.draw());
    this.framed = false;
    this.framedRadius = 1;
    this.frame = 0;
    this.size = new Vector3();
    /** What is added to the part's own coordinates to draw it in the middle of the floor. */
    this.origin = new Vector3();
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(host);
    this.resize();
  }

  /** @param {import("../engine/client.js").Drawing} mesh corners in mm, z up */
  show({ positions, normals, edges }) {
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(positions, 3));
    geometry.setAttribute("normal", new BufferAttribute(normals, 3));
    geometry.computeBoundingBox();
    const box = /** @type {import("three").Box3} */ (geometry.boundingBox);
    const middle = box.getCenter(new Vector3());
    this.origin.set(-middle.x, -middle.y, -box.min.z);
    geometry.translate(-middle.x, -middle.y, -box.min.z);
    geometry.computeBoundingSphere();
    const outline = new BufferGeometry();
    outline.setAttribute("position", new BufferAttribute(edges, 3));
    outline.translate(-middle.x, -middle.y, -box.min.z);
    this.mesh.geometry.dispose();
    this.mesh.geometry = geometry;
    this.lines.geometry.dispose();
    this.lines.geometry = outline;
    box.getSize(this.size);
    this.layGrid();
    if (!this.framed) this.home();
    else this.keepInSight();
    this.controls.target.set(0, 0, this.size.z / 2);
    this.controls.update();
    this.draw();
  }

  /** A floor of 10 mm squares, so that the eye has a scale. */
  layGrid() {
    const side = Math.ceil((Math.max(this.size.x, this.size.y) * 1.5 + 20) / 20) * 20;
    if (this.grid?.userData.side === side) return;
    this.grid?.removeFromParent();
    this.grid?.dispose();
    this.grid = new GridHelper(side, side / 10, "#8a9389", "#8a9389");
    this.grid.userData.side = side;
    this.grid.rotation.x = Math.PI / 2;
    this.grid.position.z = -0.05;
    const lines = /** @type {any} */ (this.grid.material);
    lines.transparent = true;
    lines.opacity = 0.22;
    this.scene.add(this.grid);
  }

  /** Step back when the part outgrew the view, and come closer when it became small in it; the direction stays. */
  keepInSight() {
    const radius = this.size.length() / 2;
    const growth = radius / this.framedRadius;
    if (growth > 0.6 && growth < 1.08) return;
    this.framedRadius = radius;
    const offset = this.camera.position.clone().sub(this.controls.target).multiplyScalar(growth);
    this.camera.position.copy(this.controls.target).add(offset);
    this.camera.far = Math.max(this.camera.far, offset.length() * 10);
    this.camera.updateProjectionMatrix();
  }

  /** Look at the whole part from the front right. */
  home() {
    if (this.size.lengthSq() === 0) return;
    this.framed = true;
    const radius = this.size.length() / 2;
    this.framedRadius = radius;
    const distance = (radius / Math.sin((this.camera.fov * Math.PI) / 360)) * Math.max(1, 1 / this.aspect);
    this.controls.target.set(0, 0, this.size.z / 2);
    this.camera.position.copy(VIEW_DIRECTION).multiplyScalar(distance * 1.02).add(this.controls.target);
    this.camera.near = distance / 100;
    this.camera.far = distance * 10;
    this.camera.updateProjectionMatrix();
    this.controls.update();
    this.draw();
  }

  /** Turn the view. @param {number} around steps to the left @param {number} over steps upwards */
  turn(around, over) {
    const offset = this.camera.position.clone().sub(this.controls.target);
    const length = offset.length();
    const azimuth = Math.atan2(offset.y, offset.x) + around * STEP_RAD;
    const height = Math.min(1.5, Math.max(-1.5, Math.asin(offset.z / length) + over * STEP_RAD));
    offset.set(Math.cos(height) * Math.cos(azimuth), Math.cos(height) * Math.sin(azimuth), Math.sin(height));
    this.camera.position.copy(this.controls.target).addScaledVector(offset, length);
    this.controls.update();
    this.draw();
  }

  /** Turn until a point of the part faces the viewer. @param {number[]} point in the part's own coordinates, mm */
  face(point) {
    const towards = new Vector3(...point).add(this.origin).sub(this.controls.target);
    if (towards.lengthSq() === 0) return;
    const distance = this.camera.position.distanceTo(this.controls.target);
    this.camera.position.copy(this.controls.target).addScaledVector(towards.normalize(), distance);
    this.controls.update();
    this.draw();
  }

  /** @param {number} steps closer if positive */
  zoom(steps) {
    const offset = this.camera.position.clone().sub(this.controls.target).multiplyScalar(ZOOM_STEP ** -steps);
    this.camera.position.copy(this.controls.target).add(offset);
    this.controls.update();
    this.draw();
  }

  /** Cut the part open. @param {number | null} share how much of its depth is cut away, 0 to 1; null shows it whole */
  cut(share) {
    if (share === null) {
      this.material.clippingPlanes = this.lines.material.clippingPlanes = [];
    } else {
      this.section.constant = this.size.y / 2 - share * this.size.y;
      this.material.clippingPlanes = this.lines.material.clippingPlanes = [this.section];
    }
    this.material.needsUpdate = true;
    this.lines.material.needsUpdate = true;
    this.draw();
  }

  /** @param {string} colour CSS colour of the material that was chosen */
  paint(colour) {
    this.material.color.set(colour);
    this.draw();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!width || !height) return;
    const covered = this.covered();
    this.renderer.setSize(width, height, false);
    this.aspect = (width - Math.abs(covered)) / height;
    this.camera.aspect = width / height;
    this.camera.setViewOffset(width, height, covered / 2, 0, width, height); // the part stands amid what is free
    this.camera.updateProjectionMatrix();
    if (this.framed) this.draw();
  }

  draw() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.renderer.render(this.scene, this.camera);
      this.host.dispatchEvent(new CustomEvent("drawn"));
    });
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.watcher.disconnect();
    this.controls.dispose();
    this.mesh.geometry.dispose();
    this.material.dispose();
    this.renderer.dispose();
    this.renderer.domElement.remove();
  }
}

function lights(/** @type {PerspectiveCamera} */ camera) {
  const key = new DirectionalLight("#ffffff", 1.9);
  key.position.set(-90, 70, 60);
  const fill = new DirectionalLight("#e6ecff", 0.7);
  fill.position.set(110, 10, 40);
  camera.add(key, fill);
  return [new HemisphereLight("#ffffff", "#a89a86", 1.25), new AmbientLight("#ffffff", 0.2)];
}
