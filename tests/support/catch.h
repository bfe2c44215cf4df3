// The one place that names the test framework, so that a later version is a change of one file.
#pragma once

#include <catch2/catch.hpp>
