# Packages for distributions, container images, and releases. Included by the Makefile at the top.

# --- Debian packages ---

# --- RPM packages ---

# --- Container images and Kubernetes ---

# --- Programs for arm64 ---

# --- Releases ---
