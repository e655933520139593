// Scratch matrices for one worker, taken and returned like a stack; after the largest batch nothing is allocated. Not
// for anything that must outlive the function that takes it: that belongs in a layer's cache.
#pragma once

#include <cstddef>
#include <deque>

#include "engine/tensor.hpp"

namespace infodiet::engine {

/// A stack of matrices that keep their memory. Not shared between threads.
template <class T>
class Workspace {
 public:
  /// A matrix on loan; it goes back when the loan ends. Loans end in the reverse order of their beginning.
  class Loan {
   public:
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() { --owner_.depth_; }
    Matrix<T>& operator*() { return matrix_; }
    Matrix<T>* operator->() { return &matrix_; }

   private:
    friend class Workspace;
    Loan(Workspace& owner, Matrix<T>& matrix) : owner_(owner), matrix_(matrix) {}
    Workspace& owner_;
    Matrix<T>& matrix_;
  };

  /// A (rows, cols) matrix with unspecified contents.
  Loan take(std::size_t rows, std::size_t cols) {
    if (depth_ == matrices_.size()) matrices_.emplace_back();
    Matrix<T>& matrix = matrices_[depth_++];
    matrix.resize({rows, cols});
    return Loan(*this, matrix);
  }

 private:
  std::deque<Matrix<T>> matrices_;
  std::size_t depth_ = 0;
};

}  // namespace infodiet::engine
